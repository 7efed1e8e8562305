package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An executor without the Vector API computes the same bits, and says that it is slow. */
class ScalarExecutorsTest {
  private static SparkCluster cluster;

  @BeforeAll
  static void start() {
    cluster =
        SparkCluster.start(
            "local-cluster[1,1,1024]", "spark.executor.extraJavaOptions", "-Dgru4j.kernels=scalar");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void scoresHaveTheSameBitsAndTheExecutorIsNamed() {
    ScoringCase sessions = new ScoringCase(60, 6);
    ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
    assertEquals(
        sessions.expected(),
        ScoringCase.lines(
            new SparkRecommender(sessions.model())
                .counters(counters)
                .recommend(sessions.frame(cluster, 2), ScoringCase.K)));
    assertEquals(List.of("0"), counters.scalarExecutors());
  }

  @Test
  void trainingHasTheSameBitsAndTheExecutorIsNamed() throws IOException {
    TrainingCase training = TrainingCase.usual(TrainingRows.tiny().build()).withoutJudge();
    List<String> warnings = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onWarning(String warning) {
            warnings.add(warning);
          }
        };
    FittedModel model = training.fit(cluster, trainer -> trainer.listener(listener));
    RoundsInOneJvm plain = new RoundsInOneJvm(training);
    plain.run();
    for (int i = 0; i < model.network().parameters().size(); i++) {
      Parameter p = model.network().parameters().get(i);
      float[] values = new float[p.rows() * p.cols()];
      p.read(0, values, values.length);
      assertArrayEquals(plain.values(i), values, p.name());
    }
    assertTrue(
        warnings.stream().anyMatch(w -> w.startsWith("executors without the Vector API: [0]")),
        warnings.toString());
  }
}
