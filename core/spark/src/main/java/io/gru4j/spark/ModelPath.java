package io.gru4j.spark;

import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Model files wherever Spark finds files. */
final class ModelPath {
  private ModelPath() {}

  /**
   * Reads a model.
   *
   * @param path such as {@code hdfs://host/model.safetensors}; without a scheme that of the
   *     cluster's default file system
   * @throws IOException if it cannot be read, or is no model; the message names the path
   */
  static FittedModel load(SparkSession spark, String path) throws IOException {
    Path file = new Path(path);
    FileSystem system = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
    if (system instanceof LocalFileSystem local) {
      return FittedModel.load(local.pathToFile(file).toPath());
    }
    java.nio.file.Path copy = Files.createTempFile("gru4j-", ".safetensors");
    try {
      system.copyToLocalFile(false, file, new Path(copy.toUri()), true);
      return FittedModel.load(copy);
    } catch (ModelFileException e) {
      throw new IOException(path + ": " + e.fault(), e);
    } finally {
      Files.delete(copy);
    }
  }

  /**
   * Writes a model, replacing an old one when the new one is complete.
   *
   * @param path as {@link #load} takes it
   * @throws IOException if it cannot be written
   */
  static void save(SparkSession spark, FittedModel model, String path) throws IOException {
    Path file = new Path(path);
    FileSystem system = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
    if (system instanceof LocalFileSystem local) {
      model.save(local.pathToFile(file).toPath());
      return;
    }
    java.nio.file.Path copy = Files.createTempFile("gru4j-", ".safetensors");
    try {
      model.save(copy);
      Path unfinished = file.suffix(".writing");
      system.copyFromLocalFile(false, true, new Path(copy.toUri()), unfinished);
      system.delete(file, false); // most file systems do not rename over a file
      if (!system.rename(unfinished, file)) {
        throw new IOException(unfinished + " cannot be renamed to " + file);
      }
    } finally {
      Files.delete(copy);
    }
  }
}
