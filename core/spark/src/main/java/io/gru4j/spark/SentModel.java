package io.gru4j.spark;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A model on its way to executors: the bytes of its file, broadcast in parts, so that executors
 * take them from each other too. Spark forgets the parts when the driver has no more use for this.
 *
 * <p>Not a file of the application (SparkContext.addFile): what a query of Spark SQL finds under
 * such a name depends on the session's artifacts, and it cannot be taken back.
 *
 * @param fingerprint of the model
 * @param parts the file, in order
 */
record SentModel(long fingerprint, ArrayList<Broadcast<byte[]>> parts) implements Serializable {
  private static final int PART = 8 << 20;

  /** Sends a model. */
  static SentModel of(JavaSparkContext context, FittedModel model) throws IOException {
    Path file = Files.createTempFile("gru4j-", ".safetensors");
    try {
      model.save(file);
      ArrayList<Broadcast<byte[]>> parts = new ArrayList<>();
      try (InputStream in = Files.newInputStream(file)) {
        for (byte[] part = in.readNBytes(PART); part.length > 0; part = in.readNBytes(PART)) {
          parts.add(context.broadcast(part));
        }
      }
      return new SentModel(model.fingerprint(), parts);
    } finally {
      Files.delete(file);
    }
  }

  /** Reads the model, on an executor. */
  FittedModel read() throws IOException {
    Path file = Files.createTempFile("gru4j-", ".safetensors");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        for (Broadcast<byte[]> part : parts) {
          out.write(part.value());
        }
      }
      FittedModel model = FittedModel.load(file);
      if (model.fingerprint() != fingerprint) {
        throw new IOException("the model that came is not the one that the driver has sent");
      }
      return model;
    } finally {
      Files.delete(file);
    }
  }
}
