package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;

/** Sends several records or none. Used by one thread; the caller closes it. */
final class TransactionalProducer implements AutoCloseable {
  private final String place;
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * Takes over from an earlier producer of the same transactional id, whose open transaction is
   * aborted.
   */
  TransactionalProducer(String place, KafkaProducer<byte[], byte[]> producer) {
    this.place = place;
    this.producer = producer;
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw failed(e);
    }
  }

  /**
   * Returns when all are durable and to be read.
   *
   * @throws HeadraceException if they are not, or nobody can tell
   */
  void sendAll(List<ProducerRecord<byte[], byte[]>> records) {
    try {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (ProducerRecord<byte[], byte[]> record : records) {
        sent.add(producer.send(record));
      }
      producer.flush();
      for (Future<RecordMetadata> future : sent) {
        future.get();
      }
      producer.commitTransaction();
    } catch (ProducerFencedException e) {
      throw new HeadraceException(
          "Another replay to %s has begun and goes on instead of this one; look with list what is left."
              .formatted(place),
          e);
    } catch (ExecutionException e) {
      abort();
      throw failed(e.getCause() instanceof Exception cause ? cause : e);
    } catch (KafkaException e) {
      abort();
      throw failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    }
  }

  private void abort() {
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      // The broker does it when the transaction times out, or the next producer begins.
    }
  }

  private HeadraceException failed(Exception e) {
    return new HeadraceException(
        "%s did not take the records: %s. Check that the brokers are up, then replay again: what arrived is not sent twice."
            .formatted(place, e.getMessage()),
        e);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
