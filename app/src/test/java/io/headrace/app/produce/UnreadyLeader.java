package io.headrace.app.produce;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * Stands between clients and a broker, and refuses the first request to produce as a broker does
 * that has not yet taken up a new partition: "not the leader". What else has come by then, or comes
 * within half a second, goes to the broker, before the client hears of the refusal.
 */
final class UnreadyLeader implements AutoCloseable {
  private static final int HALF_A_SECOND_MILLIS = 500;

  private final ServerSocket listener;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile int brokerPort;

  UnreadyLeader() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::takeClients);
  }

  /** Where clients find it: what the broker has to advertise. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  void leadTo(int port) {
    brokerPort = port;
  }

  /** How many requests were refused. */
  int refusals() {
    return refusals.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void takeClients() throws IOException {
    while (true) {
      Socket client = listener.accept();
      var broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
      start(() -> serve(client, broker));
    }
  }

  /** One request after the other, each with its answer, as a broker does. */
  private void serve(Socket client, Socket broker) throws IOException {
    try (client;
        broker) {
      while (true) {
        byte[] request = next(client);
        if (isProduce(request) && refusals.compareAndSet(0, 1)) {
          byte[] refusal = refusal(request);
          byte[] answer = null;
          client.setSoTimeout(HALF_A_SECOND_MILLIS);
          try {
            answer = answer(broker, next(client));
          } catch (SocketTimeoutException e) {
            // The client sends nothing until it has its answer.
          }
          client.setSoTimeout(0);
          send(client, refusal);
          if (answer != null) {
            send(client, answer);
          }
        } else {
          send(client, answer(broker, request));
        }
      }
    }
  }

  private static byte[] answer(Socket broker, byte[] request) throws IOException {
    send(broker, request);
    return next(broker);
  }

  private static boolean isProduce(byte[] request) {
    return ByteBuffer.wrap(request).getShort() == ApiKeys.PRODUCE.id;
  }

  private static byte[] refusal(byte[] request) {
    var buffer = ByteBuffer.wrap(request);
    RequestHeader header = RequestHeader.parse(buffer);
    var produce = ProduceRequest.parse(new ByteBufferAccessor(buffer), header.apiVersion());
    var refusal = produce.getErrorResponse(0, Errors.NOT_LEADER_OR_FOLLOWER.exception());
    var about = header.toResponseHeader();
    return RequestUtils.serialize(
            about.data(), about.headerVersion(), refusal.data(), header.apiVersion())
        .array();
  }

  private static byte[] next(Socket from) throws IOException {
    var in = new DataInputStream(from.getInputStream());
    return in.readNBytes(in.readInt());
  }

  private static void send(Socket to, byte[] message) throws IOException {
    var out = new DataOutputStream(to.getOutputStream());
    out.write(
        ByteBuffer.allocate(Integer.BYTES + message.length)
            .putInt(message.length)
            .put(message)
            .array());
    out.flush();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Closed by one of the two.
              }
            });
  }
}
