package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the files of labels that belong to files of images. */
final class LabelFiles {
  private LabelFiles() {}

  /**
   * The files of {@code path}, each with its labels.
   *
   * @throws HeadraceException if there is none, or not as many of labels as of images
   */
  static List<SourceFile> found(Path baseDirectory, String path, FileFormat.Idx format) {
    List<SourceFile> images = SourceFiles.found(baseDirectory, path);
    if (format.labels().isEmpty()) {
      return images.stream().map(LabelFiles::withLabelsBeside).toList();
    }
    List<SourceFile> labels = SourceFiles.found(baseDirectory, format.labels().get());
    if (labels.size() != images.size()) {
      throw new HeadraceException(
          "there are %d files of images in %s, but %d of labels in %s. Each needs one"
              .formatted(images.size(), path, labels.size(), format.labels().get()));
    }
    List<SourceFile> both = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      both.add(SourceFile.of(images.get(i).name(), images.get(i).path(), labels.get(i).path()));
    }
    return both;
  }

  /**
   * MNIST's names: {@code train-images-idx3-ubyte} has its labels in {@code
   * train-labels-idx1-ubyte}.
   */
  private static SourceFile withLabelsBeside(SourceFile images) {
    String name = String.valueOf(images.path().getFileName());
    Path labels =
        images.path().resolveSibling(name.replace("images", "labels").replace("idx3", "idx1"));
    return !labels.equals(images.path()) && Files.exists(labels)
        ? SourceFile.of(images.name(), images.path(), labels)
        : images;
  }
}
