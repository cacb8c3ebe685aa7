package io.headrace.app.http;

import io.micronaut.context.annotation.Context;
import io.micronaut.http.sse.Event;
import io.micronaut.serde.annotation.Serdeable;
import io.netty.channel.EventLoopGroup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Takes a status of each job at a steady pace, remembers it, and passes it to every open page.
 * Thread-safe. A page that cannot keep up misses ticks; nothing is queued for it. Ticks are taken
 * on the server's one thread: from another one they would race with pages that disconnect, which
 * the server reports as a fault.
 */
@Context
final class StatusFeed {
  private static final Logger log = LoggerFactory.getLogger(StatusFeed.class);

  /** How often a status is taken. */
  record Pace(Duration every) {}

  /** What a page is told at each tick. */
  @Serdeable
  record Tick(JobStatus status, HistoryPoint point) {}

  /** Of one job. */
  private record Channel(StatusHistory history, Sinks.Many<Tick> ticks) {
    Channel() {
      this(new StatusHistory(), Sinks.many().multicast().directBestEffort());
    }
  }

  private final ServedJobs jobs;
  private final Duration every;
  private final int mostListeners;
  private final AtomicInteger listeners = new AtomicInteger();
  private final EventLoopGroup serverThread;
  private final Map<String, Channel> channels = new ConcurrentHashMap<>();
  private final Disposable.Swap clock = Disposables.swap();

  StatusFeed(ServedJobs jobs, Pace pace, ConnectionLimits limits, EventLoopGroup serverThread) {
    this.jobs = jobs;
    this.serverThread = serverThread;
    this.every = pace.every();
    this.mostListeners = limits.streams();
  }

  @PostConstruct
  void start() {
    clock.update(
        Flux.interval(Duration.ZERO, every, Schedulers.fromExecutorService(serverThread))
            .onBackpressureDrop()
            .subscribe(n -> jobs.all().forEach(this::tick)));
  }

  /** Ends every open stream, so that the server can stop at once. */
  @PreDestroy
  void stop() {
    clock.dispose();
    channels.values().forEach(channel -> channel.ticks().tryEmitComplete());
  }

  /** Whether one more may listen. */
  boolean hasRoom() {
    return listeners.get() < mostListeners;
  }

  List<HistoryPoint> history(ServedJob job) {
    return channel(job).history().points();
  }

  /**
   * The past as one {@code history} event, then a {@code status} event at once and at each tick,
   * and before it an {@code alert} event for each thing that happened since.
   *
   * @param after id of the last alert that the listener has; empty for one who begins to listen
   */
  Flux<Event<?>> events(ServedJob job, OptionalLong after) {
    return Flux.defer(
        () -> {
          listeners.incrementAndGet();
          Event<?> past = Event.of(history(job)).name("history");
          var told = new AtomicLong(after.orElseGet(() -> newestAlert(job)));
          return channel(job)
              .ticks()
              .asFlux()
              .startWith(tickNow(job))
              .concatMapIterable(tick -> withAlerts(job, tick, told), 1)
              .startWith(past)
              .doFinally(_ -> listeners.decrementAndGet());
        });
  }

  private Channel channel(ServedJob job) {
    return channels.computeIfAbsent(job.name(), name -> new Channel());
  }

  private static long newestAlert(ServedJob job) {
    return job.events().stream().findFirst().map(JobStatus.Event::id).orElse(0L);
  }

  private static List<Event<?>> withAlerts(ServedJob job, Tick tick, AtomicLong told) {
    List<Event<?>> all = new ArrayList<>();
    for (JobStatus.Event happened : job.events().reversed()) {
      if (happened.id() > told.get()) {
        told.set(happened.id());
        all.add(Event.of(happened).name("alert").id(Long.toString(happened.id())));
      }
    }
    all.add(Event.of(tick).name("status"));
    return all;
  }

  private void tick(ServedJob job) {
    try {
      Tick tick = tickNow(job);
      channel(job).history().add(tick.point());
      channel(job).ticks().tryEmitNext(tick);
    } catch (RuntimeException e) {
      log.warn("The page of {} missed an update: {}", job.name(), e.toString());
    }
  }

  private static Tick tickNow(ServedJob job) {
    JobStatus status = job.status().status();
    return new Tick(status, HistoryPoint.of(status));
  }
}
