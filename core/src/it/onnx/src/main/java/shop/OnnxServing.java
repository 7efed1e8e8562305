package shop;

import static io.gru4j.parameters.GRU4RecOptions.HIDDEN_SIZES;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionSplit;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.OnnxFile;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LayerSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a model, exports it, and serves a visitor twice: by the model, and by ONNX Runtime with
 * the exported file. Ends with an exception if the two differ after any click.
 */
final class OnnxServing {
  private static final int ITEMS = 40;
  private static final int TOP = 20;

  /** How far the two scores of an item may be apart. */
  private static final float LIMIT = 1e-5f;

  private OnnxServing() {}

  public static void main(String[] args) throws IOException, OrtException {
    Path folder = Files.createTempDirectory("onnx");
    Path clicks = folder.resolve("sessions.tsv");
    Path step = folder.resolve("step.onnx");
    try {
      FittedModel model = train(writeSessions(clicks));
      OnnxFile.writeStep(model, step); // gru4j export --onnx-step
      try (OrtSession graph = OrtEnvironment.getEnvironment().createSession(step.toString())) {
        visit(model, new OnnxVisitor(graph, model.items()));
      }
    } finally {
      Files.deleteIfExists(step);
      Files.deleteIfExists(clicks);
      Files.delete(folder);
    }
  }

  private static FittedModel train(Path file) throws IOException {
    SessionData clicks = SessionFiles.read(file);
    SessionSplit split = SessionSplit.byFraction(clicks, 0.1);
    var parameters =
        GRU4RecParameters.builder()
            .set(NUM_COMPONENTS, 16)
            .set(HIDDEN_SIZES, LayerSizes.of(16, 12)) // a state for each layer
            .set(BATCH_SIZE, 16)
            .set(LEARNING_RATE, 0.3)
            .set(SEED, 42L)
            .build();
    try (var estimator = new GRU4RecCrossEntropy(parameters)) {
      Validation validation = Validation.leaveLastOut(split.validation());
      return estimator.fit(split.train(), clicks.items(), validation).model();
    }
  }

  /** The model is asked with all clicks so far, ONNX Runtime with the last and its state. */
  private static void visit(FittedModel model, OnnxVisitor visitor) throws OrtException {
    List<String> session = new ArrayList<>();
    for (int item : new int[] {3, 4, 5, 7, 8}) {
      session.add(id(item));
      List<Recommendation> ours = model.recommend(session, TOP, UnknownItems.FAIL).items();
      List<Recommendation> theirs = visitor.click(id(item), TOP);
      System.out.println("after " + session + ", gru4j and ONNX Runtime:");
      for (int place = 0; place < TOP; place++) {
        Recommendation a = ours.get(place);
        Recommendation b = theirs.get(place);
        System.out.printf("%-8s%9.6f  %-8s%9.6f%n", a.item(), a.score(), b.item(), b.score());
      }
      requireEqual(ours, theirs);
    }
  }

  private static void requireEqual(List<Recommendation> ours, List<Recommendation> theirs) {
    for (int place = 0; place < TOP; place++) {
      Recommendation a = ours.get(place);
      Recommendation b = theirs.get(place);
      boolean isClose = Math.abs(a.score() - b.score()) <= LIMIT; // false for NaN
      if (!a.item().equals(b.item()) || !isClose) {
        throw new IllegalStateException(
            "place %d: expected %s, ONNX Runtime has %s".formatted(place + 1, a, b));
      }
    }
  }

  /** Sessions of five clicks that walk along the items, now and then past one. */
  private static Path writeSessions(Path file) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 400; session++) {
      int item = session;
      for (int click = 0; click < 5; click++) {
        int time = session * 10 + click;
        text.append(session + "\t" + id(item) + "\t" + time + "\n");
        item += (session + click) % 7 == 0 ? 2 : 1;
      }
    }
    return Files.writeString(file, text);
  }

  private static String id(int item) {
    return "item" + item % ITEMS;
  }
}
