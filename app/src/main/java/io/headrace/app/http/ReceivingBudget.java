package io.headrace.app.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the bodies of pushed samples while they come in, however slowly: a request takes its
 * share before its body is read, and gives it back when it is answered, or when its connection
 * ends. Thread-safe.
 */
@Singleton
final class ReceivingBudget {
  private static final String SHARE = ReceivingBudget.class.getName();

  private final AtomicLong taken = new AtomicLong();

  /** What a request holds until it gives it back, which it may do twice. */
  private final class Share implements ChannelFutureListener {
    private final ChannelFuture end;
    private final AtomicLong bytes;

    Share(ChannelFuture end, long bytes) {
      this.end = end;
      this.bytes = new AtomicLong(bytes);
    }

    void giveBack() {
      taken.addAndGet(-bytes.getAndSet(0));
      end.removeListener(this); // a connection may carry any number of requests
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
      giveBack();
    }
  }

  /**
   * Takes memory for a request's body.
   *
   * @param bytes of the body
   * @param most bytes of all bodies at once
   * @return false if there is not enough
   */
  private boolean take(HttpRequest<?> request, long bytes, long most) {
    if (taken.addAndGet(bytes) > most) {
      taken.addAndGet(-bytes);
      return false;
    }
    if (!(request instanceof NettyHttpRequest<?> netty)) {
      throw new IllegalStateException("a request that did not come over a connection");
    }
    ChannelFuture end = netty.getChannelHandlerContext().channel().closeFuture();
    var share = new Share(end, bytes);
    request.setAttribute(SHARE, share);
    end.addListener(share);
    return true;
  }

  /**
   * Takes memory for a request's body, or says that there is too little.
   *
   * @param limit the setting that bounds it, as a phrase; empty if nobody sets it
   * @return the answer to a request that has to wait; null for one that goes on
   */
  @Nullable HttpResponse<?> refusal(HttpRequest<?> request, long bytes, long most, String limit) {
    if (take(request, bytes, most)) {
      return null;
    }
    return Problem.response(
            request,
            HttpStatus.TOO_MANY_REQUESTS,
            "The bodies of other requests that are being received, %,d bytes, leave no room for this one%s. Try again."
                .formatted(taken(), limit))
        .header(HttpHeaders.RETRY_AFTER, "1");
  }

  /** Gives back what a request took, if it took anything and still has it. */
  void giveBack(HttpRequest<?> request) {
    request.getAttribute(SHARE, Share.class).ifPresent(Share::giveBack);
  }

  /** Bytes that are taken now. */
  private long taken() {
    return taken.get();
  }
}
