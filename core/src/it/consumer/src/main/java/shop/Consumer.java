package shop;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionSplit;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendations;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.serve.SessionFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains on sessions that walk around a ring of items, and asks what follows. Ends with an
 * exception if an answer is wrong or if the JVM was given more than this project and gru4j.
 */
final class Consumer {
  private static final int ITEMS = 12;

  private Consumer() {}

  public static void main(String[] args) throws IOException, SessionFormatException {
    RunTimePath.requireOnlyGru4j();
    Path folder = Files.createTempDirectory("consumer");
    Path file = folder.resolve("shop.safetensors");
    try {
      SessionData clicks = SessionFiles.read(writeSessions(folder.resolve("sessions.tsv")));
      SessionSplit split = SessionSplit.byFraction(clicks, 0.1);
      var parameters =
          GRU4RecParameters.builder()
              .set(NUM_COMPONENTS, 16)
              .set(HIDDEN_SIZE, 16)
              .set(BATCH_SIZE, 16)
              .set(LEARNING_RATE, 0.3)
              .set(SEED, 42L)
              .build();
      try (var estimator = new GRU4RecCrossEntropy(parameters)) {
        Validation validation = Validation.leaveLastOut(split.validation());
        estimator.fit(split.train(), clicks.items(), validation).model().save(file);
      }
      FittedModel model = FittedModel.load(file);
      for (int item = 0; item < ITEMS; item++) {
        ask(model, List.of(id(item), id(item + 1)), id(item + 2));
      }
      ask(model, List.of("a hat nobody sells", id(0)), id(1));
      serve(new Recommender(model));
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder.resolve("sessions.tsv"));
      Files.delete(folder);
    }
  }

  private static void ask(FittedModel model, List<String> session, String expected) {
    Recommendations answer = model.recommend(session, 3, UnknownItems.SKIP);
    String first = answer.items().getFirst().item();
    System.out.println(session + " -> " + first);
    if (!first.equals(expected)) {
      throw new IllegalStateException("expected " + expected + " first, got " + answer);
    }
  }

  /** A visitor walks on around the ring; between two clicks his session waits as bytes. */
  private static void serve(Recommender recommender) throws SessionFormatException {
    byte[] stored = recommender.newSession().toBytes();
    for (int item = 0; item < ITEMS; item++) {
      Session session = recommender.read(stored);
      session.click(id(item));
      String next = session.top(1).getFirst().item();
      if (!next.equals(id(item + 1))) {
        throw new IllegalStateException("after " + session + " expected " + id(item + 1));
      }
      ItemFilter others = ItemFilter.ALL.without(recommender.itemSet(List.of(next))).unseen();
      if (session.top(ITEMS, others).stream().anyMatch(r -> r.item().equals(next))) {
        throw new IllegalStateException(next + " is excluded");
      }
      stored = session.toBytes();
    }
    System.out.println("a session of " + ITEMS + " clicks, " + stored.length + " bytes");
  }

  private static Path writeSessions(Path file) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 240; session++) {
      for (int click = 0; click < 5; click++) {
        int time = session * 10 + click;
        text.append(session + "\t" + id(session + click) + "\t" + time + "\n");
      }
    }
    return Files.writeString(file, text);
  }

  private static String id(int item) {
    return "item" + item % ITEMS;
  }
}
