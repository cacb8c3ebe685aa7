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
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Takes a status at a steady pace, remembers it, and passes it to every open page. Thread-safe. A
 * page that cannot keep up misses ticks; nothing is queued for it. Ticks are taken on the server's
 * one thread: from another one they would race with pages that disconnect, which the server reports
 * as a fault.
 */
@Context
final class StatusFeed {
  private static final Logger log = LoggerFactory.getLogger(StatusFeed.class);

  /** How often a status is taken. */
  record Pace(Duration every) {}

  /** What a page is told at each tick. */
  @Serdeable
  record Tick(JobStatus status, HistoryPoint point) {}

  private final ServedJob job;
  private final Duration every;
  private final EventLoopGroup serverThread;
  private final StatusHistory history = new StatusHistory();
  private final Sinks.Many<Tick> ticks = Sinks.many().multicast().directBestEffort();
  private final Disposable.Swap clock = Disposables.swap();

  StatusFeed(ServedJob job, Pace pace, EventLoopGroup serverThread) {
    this.job = job;
    this.serverThread = serverThread;
    this.every = pace.every();
  }

  @PostConstruct
  void start() {
    clock.update(
        Flux.interval(Duration.ZERO, every, Schedulers.fromExecutorService(serverThread))
            .onBackpressureDrop()
            .subscribe(n -> tick()));
  }

  /** Ends every open stream, so that the server can stop at once. */
  @PreDestroy
  void stop() {
    clock.dispose();
    ticks.tryEmitComplete();
  }

  List<HistoryPoint> history() {
    return history.points();
  }

  /**
   * The past as one {@code history} event, then a {@code status} event at once and at each tick,
   * and before it an {@code alert} event for each thing that happened since.
   *
   * @param after id of the last alert that the listener has; empty for one who begins to listen
   */
  Flux<Event<?>> events(OptionalLong after) {
    return Flux.defer(
        () -> {
          Event<?> past = Event.of(history.points()).name("history");
          var told = new AtomicLong(after.orElseGet(this::newestAlert));
          return ticks
              .asFlux()
              .startWith(tickNow())
              .concatMapIterable(tick -> withAlerts(tick, told), 1)
              .startWith(past);
        });
  }

  private long newestAlert() {
    return job.events().stream().findFirst().map(JobStatus.Event::id).orElse(0L);
  }

  private List<Event<?>> withAlerts(Tick tick, AtomicLong told) {
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

  private void tick() {
    try {
      Tick tick = tickNow();
      history.add(tick.point());
      ticks.tryEmitNext(tick);
    } catch (RuntimeException e) {
      log.warn("The status page missed an update: {}", e.toString());
    }
  }

  private Tick tickNow() {
    JobStatus status = job.status().status();
    return new Tick(status, HistoryPoint.of(status));
  }
}
