package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of an IDX file, each behind its label's byte where there is a file of labels. An image
 * that the file's end cuts off is a shorter record.
 */
final class IdxRecords implements FileRecords {
  private static final Logger LOG = LoggerFactory.getLogger(FileSampleSource.class);
  private static final int CHUNK_BYTES = 256 << 10;

  private final SourceFile file;
  private final FileChannel images;
  private final @Nullable FileChannel labels;
  private final IdxHeader head;
  private final int labelsHeadBytes;
  private final int chunkRows;
  private final long records;
  private long position;

  /**
   * @param file whose parts are the images and, if there are any, the labels
   * @throws HeadraceException if either is no such file, or they do not fit together
   */
  IdxRecords(SourceFile file, FileLimits limits, long from) throws IOException {
    this.file = file;
    position = from;
    images = FileChannel.open(file.path());
    FileChannel opened = null;
    try {
      head = IdxHeader.ofImages(file.path(), images);
      if (head.itemBytes() > limits.maxRecordBytes()) {
        throw new HeadraceException(
            "%s says that each of its %d images has %d bytes, more than max-record-bytes, %d. Raise that if they have, or fetch the file anew"
                .formatted(file.path(), head.items(), head.itemBytes(), limits.maxRecordBytes()));
      }
      records = present();
      opened = file.parts().size() > 1 ? FileChannel.open(file.parts().get(1)) : null;
      labelsHeadBytes = opened == null ? 0 : labelsHead(file.parts().get(1), opened).bytes();
    } catch (IOException | RuntimeException e) {
      images.close();
      if (opened != null) {
        opened.close();
      }
      throw e;
    }
    labels = opened;
    chunkRows = Math.clamp(CHUNK_BYTES / head.itemBytes(), 1, limits.chunkRows());
    if (from > records) {
      close();
      throw FileRecords.shrunk(file, records, from);
    }
  }

  /** Images that the file has, the last of them perhaps only in part. */
  private long present() throws IOException {
    long bytes = images.size() - head.bytes();
    long whole = head.items() * head.itemBytes();
    if (bytes > whole) {
      throw new HeadraceException(
          "%s has %d bytes of images, but its head says %d images of %d bytes. It is damaged, or no IDX file"
              .formatted(file.path(), bytes, head.items(), head.itemBytes()));
    }
    if (bytes < whole) {
      LOG.warn(
          "{} is cut off: it says that it has {} images, and has {} whole ones",
          file.told(file.path().toString()),
          head.items(),
          bytes / head.itemBytes());
    }
    return Math.ceilDiv(bytes, head.itemBytes());
  }

  private IdxHeader labelsHead(Path path, FileChannel channel) throws IOException {
    IdxHeader found = IdxHeader.ofLabels(path, channel);
    long bytes = channel.size() - found.bytes();
    if (found.items() != head.items() || bytes != found.items()) {
      throw new HeadraceException(
          "%s has %d labels and says %d, but %s says %d images. Name the labels of these images with labels"
              .formatted(path, bytes, found.items(), file.path(), head.items()));
    }
    return found;
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    int count = (int) Math.min(chunkRows, records - position);
    chunk.start(file.partition(), position);
    for (int i = 0; i < count; i++) {
      byte[] bytes = chunk.reserve(1 + head.itemBytes());
      int label = labels == null ? 0 : 1;
      if (labels != null) {
        fill(labels, labelsHeadBytes + position, ByteBuffer.wrap(bytes, chunk.filled(), 1));
      }
      ByteBuffer image = ByteBuffer.wrap(bytes, chunk.filled() + label, head.itemBytes());
      long begin = head.bytes() + position * head.itemBytes();
      int size = fill(images, begin, image);
      chunk.placeAt(begin);
      chunk.addReserved(label + size, position++, 0);
    }
    return count > 0;
  }

  private static int fill(FileChannel from, long offset, ByteBuffer into) throws IOException {
    int start = into.position();
    while (into.hasRemaining() && from.read(into, offset + into.position() - start) > 0) {
      // Most reads are whole at once.
    }
    return into.position() - start;
  }

  @Override
  public void close() throws IOException {
    images.close();
    if (labels != null) {
      labels.close();
    }
  }
}
