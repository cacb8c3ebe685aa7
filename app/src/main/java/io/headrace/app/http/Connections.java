package io.headrace.app.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps connections few and requests quick, so that nobody holds a service up by opening many or by
 * sending slowly. Thread-safe.
 */
@Singleton
final class Connections implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final String CODEC = ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC;

  private final ConnectionLimits limits;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicBoolean told = new AtomicBoolean();

  Connections(ConnectionLimits limits) {
    this.limits = limits;
  }

  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
    event.getBean().register(new Listener());
    return event.getBean();
  }

  /** Closes one too many; the log says so once, until there is room again. */
  private void admit(Channel connection) {
    int now = open.incrementAndGet();
    connection
        .closeFuture()
        .addListener(
            _ -> {
              if (open.decrementAndGet() <= limits.connections() / 2) {
                told.set(false);
              }
            });
    if (now > limits.connections()) {
      var _ = connection.close();
      if (!told.getAndSet(true)) {
        log.warn(
            "{} connections are open, as many as there may be: more are closed at once. Somebody may be holding them; see who is connected.",
            limits.connections());
      }
    }
  }

  private final class Listener implements NettyServerCustomizer {
    @Override
    public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
      return role == ChannelRole.CONNECTION ? new Connection(channel) : this;
    }
  }

  private final class Connection implements NettyServerCustomizer {
    private final Channel channel;

    Connection(Channel channel) {
      this.channel = channel;
    }

    @Override
    public NettyServerCustomizer specializeForChannel(Channel stream, ChannelRole role) {
      return this;
    }

    @Override
    public void onInitialPipelineBuilt() {
      admit(channel);
    }

    @Override
    public void onStreamPipelineBuilt() {
      ChannelHandler codec = channel.pipeline().get(CODEC);
      if (codec != null) { // it may have been closed meanwhile
        channel.pipeline().addAfter(CODEC, "request-deadline", new RequestDeadline(limits));
      }
    }
  }
}
