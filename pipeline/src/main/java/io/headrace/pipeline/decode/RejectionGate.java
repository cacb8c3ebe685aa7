package io.headrace.pipeline.decode;

import io.headrace.engine.sample.SampleBlock;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Lets blocks through, and asks for no more of them once too many of the latest records were
 * rejected or somebody says to pause, until somebody says to go on. What was asked for before still
 * comes; nothing is lost and the order stays. To what is behind it, a pause because of rejections
 * is a source that is caught up; one that was asked for is only a source that takes its time, so
 * that it changes no batch. Thread-safe; for one stream.
 */
public final class RejectionGate {
  /** Told when the limit is passed; on the stream's thread, which it should not hold up. */
  @FunctionalInterface
  public interface Listener {
    /** Takes note that {@code rejected} of the latest {@code records} were rejected. */
    void limitPassed(long rejected, long records);
  }

  /** Why no more is asked for. */
  public enum Pause {
    NONE,
    ASKED_FOR,
    REJECTIONS
  }

  private final RejectionLimit limit;
  private final Listener listener;
  private final RejectionWindow window;
  private long heldBack; // demand that waits for the end of a pause
  private Pause pause = Pause.NONE;
  private boolean told;
  private @Nullable Subscription upstream;

  public RejectionGate(RejectionLimit limit, Listener listener) {
    this.limit = limit;
    this.listener = listener;
    this.window = new RejectionWindow(limit.windowRecords());
  }

  /** The same blocks, guarded. */
  public Flux<SampleBlock> guard(Flux<SampleBlock> blocks) {
    return Flux.from(downstream -> blocks.subscribe(new Guard(downstream)));
  }

  /** Why no more is asked for, if so. */
  public synchronized Pause pause() {
    return pause;
  }

  /** Asks for no more; false if there is a pause already. */
  public synchronized boolean startPause() {
    boolean flowing = pause == Pause.NONE;
    if (flowing) {
      pause = Pause.ASKED_FOR;
    }
    return flowing;
  }

  /** Goes on with an empty window; false if there was no pause. */
  public boolean resume() {
    Subscription source;
    long demand;
    synchronized (this) {
      if (pause == Pause.NONE) {
        return false;
      }
      pause = Pause.NONE;
      told = false;
      window.clear();
      source = upstream;
      demand = heldBack;
      heldBack = 0;
    }
    if (source != null && demand > 0) {
      source.request(demand);
    }
    return true;
  }

  private void count(SampleBlock block) {
    boolean passed;
    long rejected;
    long records;
    synchronized (this) {
      window.add((long) block.size() + block.rejected() + block.filtered(), block.rejected());
      rejected = window.rejected();
      records = window.records();
      boolean above = limit.passedBy(rejected, records);
      passed = above && !told;
      told = above || pause == Pause.REJECTIONS;
    }
    if (passed) {
      listener.limitPassed(rejected, records); // before anybody can see the pause
      pauseIfAsked();
    }
  }

  private synchronized void pauseIfAsked() {
    if (limit.pauses()) {
      pause = Pause.REJECTIONS;
    }
  }

  /** Adds to what is held back while paused; false if it is not. */
  private synchronized boolean holdBack(long n) {
    boolean paused = pause != Pause.NONE;
    if (paused) {
      long sum = heldBack + n;
      heldBack = sum < 0 ? Long.MAX_VALUE : sum;
    }
    return paused;
  }

  private synchronized void begin(Subscription source) {
    upstream = source;
  }

  private final class Guard implements CoreSubscriber<SampleBlock> {
    private final Subscriber<? super SampleBlock> downstream;

    Guard(Subscriber<? super SampleBlock> downstream) {
      this.downstream = downstream;
    }

    @Override
    public void onSubscribe(Subscription source) {
      begin(source);
      downstream.onSubscribe(
          new Subscription() {
            @Override
            public void request(long n) {
              if (n <= 0 || !holdBack(n)) {
                source.request(n);
              }
            }

            @Override
            public void cancel() {
              source.cancel();
            }
          });
    }

    @Override
    public void onNext(SampleBlock block) {
      count(block);
      if (pause() == Pause.REJECTIONS) {
        block.markCaughtUp(); // so that the batch before the pause is learned, and not held
      }
      downstream.onNext(block);
    }

    @Override
    public void onError(Throwable fault) {
      downstream.onError(fault);
    }

    @Override
    public void onComplete() {
      downstream.onComplete();
    }
  }
}
