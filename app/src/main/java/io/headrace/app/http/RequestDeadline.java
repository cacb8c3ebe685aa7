package io.headrace.app.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request comes too slowly, however steadily its bytes trickle. Stands
 * behind the decoder of HTTP: a read that yields no message was a part of a header. Between two
 * requests a connection may rest. Used by its connection's thread alone.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
  private final ConnectionLimits limits;
  private @Nullable Future<?> deadline;
  private boolean inBody;
  private boolean heard;
  private long received;

  RequestDeadline(ConnectionLimits limits) {
    this.limits = limits;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    expectHeader(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    heard = true;
    if (message instanceof HttpRequest) {
      inBody = true;
      cancel();
      expectBody(ctx);
    }
    if (message instanceof HttpContent content) {
      received += content.content().readableBytes();
    }
    if (message instanceof LastHttpContent) {
      inBody = false;
      cancel();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!heard && !inBody && deadline == null) {
      expectHeader(ctx);
    }
    heard = false;
    ctx.fireChannelReadComplete();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
    ctx.fireChannelInactive();
  }

  private void expectHeader(ChannelHandlerContext ctx) {
    deadline = in(limits.header(), ctx, () -> close(ctx));
  }

  private void expectBody(ChannelHandlerContext ctx) {
    received = 0;
    deadline =
        in(
            limits.body(),
            ctx,
            () -> {
              if (received < limits.leastBytes()) {
                close(ctx);
              } else {
                expectBody(ctx);
              }
            });
  }

  private static void close(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  private static Future<?> in(Duration time, ChannelHandlerContext ctx, Runnable then) {
    return ctx.executor().schedule(then, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
