package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.cli.report.Page;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the report shows of the network, held against the model. */
class NetworkReportTest extends CommandLineCase {

  private Page report() throws IOException {
    return report(2);
  }

  private Page report(int epochs) throws IOException {
    Path report = folder.resolve("r.html");
    trainEpochs(epochs, "--report=" + report);
    return new Page(Files.readString(report));
  }

  private void trainEpochs(int epochs, String... more) {
    List<String> flags = new ArrayList<>(List.of("--hidden-size=8", "--num-components=6"));
    flags.addAll(List.of("--max-epochs=" + epochs, "--batch-size=16", "--learning-rate=0.2"));
    flags.addAll(List.of(more));
    run(flags, "train", sessions, "--model", model, "--seed=7").expect(0);
  }

  /** With it or without: the steps do not know. */
  @Test
  void theModelHasTheSameBytesWithAReport() throws IOException {
    trainEpochs(2);
    byte[] without = Files.readAllBytes(Path.of(model));
    report();
    assertArrayEquals(without, Files.readAllBytes(Path.of(model)));
  }

  /** Norms by the definition, from the models after one epoch and after two. */
  @Test
  void normsAreThoseOfTheModelsBeforeAndAfter() throws IOException {
    trainEpochs(1);
    FittedModel one = FittedModel.load(Path.of(model));
    List<List<String>> rows = Page.cells(report(2).captioned("Update norms"));
    FittedModel two = FittedModel.load(Path.of(model));
    assertEquals(1 + 2 * 4, rows.size());
    check(rows.get(5), "2, item embedding", one, two, "emb.weight");
    check(
        rows.get(6),
        "2, GRU",
        one,
        two,
        "rnn.weight_ih_l0",
        "rnn.weight_hh_l0",
        "rnn.bias_ih_l0",
        "rnn.bias_hh_l0");
    check(rows.get(7), "2, output weight", one, two, "lin.weight");
    check(rows.get(8), "2, output bias", one, two, "lin.bias");
  }

  private static void check(
      List<String> row, String name, FittedModel one, FittedModel two, String... parts) {
    double update = 0;
    double weight = 0;
    for (String part : parts) {
      Parameter a = parameter(one, part);
      Parameter b = parameter(two, part);
      for (int r = 0; r < a.rows(); r++) {
        for (int c = 0; c < a.cols(); c++) {
          update += Math.pow(b.get(r, c) - (double) a.get(r, c), 2);
          weight += Math.pow(b.get(r, c), 2);
        }
      }
    }
    assertEquals(name, row.getFirst());
    double[] expected = {Math.sqrt(update), Math.sqrt(weight), Math.sqrt(update / weight)};
    for (int i = 0; i < expected.length; i++) {
      double shown = Double.parseDouble(row.get(i + 1));
      assertEquals(expected[i], shown, 1e-3 * expected[i], name);
    }
  }

  private static Parameter parameter(FittedModel model, String name) {
    return model.network().parameters().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void gatesAreCountedByTheirTrace() throws IOException {
    Page page = report();
    FittedModel fitted = FittedModel.load(Path.of(model));
    SessionData data = SessionFiles.read(Path.of(sessions));
    long low = 0;
    long all = 0;
    for (int user : data.interactions().activeUsers()) {
      List<String> ids = new ArrayList<>();
      for (int item : data.interactions().items(user)) {
        ids.add(data.items().idOf(item));
      }
      for (float[] units : fitted.trace(ids).layers().getFirst().update()) {
        for (float z : units) {
          low += z >= 0.5 && z < 0.6 ? 1 : 0;
          all++;
        }
      }
    }
    List<Page.Node> bars = Page.below(page.captioned("Update gate"), "rect");
    assertEquals(GateHistogram.TENTHS, bars.size());
    long expected = Math.round(1_000.0 * low / all);
    assertTrue(expected > 0);
    assertEquals(Long.toString(expected), bars.get(5).attributes().get("data-y"));
    long shown = bars.stream().mapToLong(b -> Long.parseLong(b.attributes().get("data-y"))).sum();
    assertEquals(1_000, shown, 5);
    List<List<String>> rows = Page.cells(page.captioned("Saturated gates"));
    assertEquals(
        List.of("reset gate", "update gate"), rows.stream().skip(1).map(List::getFirst).toList());
    assertEquals(0.3, GateHistogram.saturated(new long[] {1, 0, 0, 0, 4, 0, 0, 3, 0, 2}), 1e-12);
  }

  /** Probabilities that explain gives, one session after the other. */
  @Test
  void lossesAreThoseOfTheLastClicks() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int s = 0; s < 60; s++) {
      int time = 10 * s;
      text.append(s + "\ta" + s * s % 12 + "\t" + time + "\n");
      text.append(s + "\ta" + 7 * s % 5 + "\t" + (time + 1) + "\n");
      text.append(s + "\ta" + s % 12 + "\t" + (time + 2) + "\n");
    }
    Files.writeString(Path.of(sessions), text);
    report();
    FittedModel fitted = FittedModel.load(Path.of(model));
    SessionData read = SessionFiles.read(Path.of(sessions));
    DataStatistics statistics = DataStatistics.of(read.interactions());
    FrequencyLoss measured;
    try (Parallel one = new Parallel(1)) {
      measured = FrequencyLoss.measure(fitted, statistics, read.interactions(), one);
    }
    double[] sums = new double[3];
    int[] counts = new int[3];
    List<FrequencyLoss.Group> groups = measured.groups();
    assertEquals(12, groups.stream().mapToInt(FrequencyLoss.Group::items).sum());
    for (int user : read.interactions().activeUsers()) {
      List<String> ids = new ArrayList<>();
      for (int item : read.interactions().items(user)) {
        ids.add(read.items().idOf(item));
      }
      String target = ids.removeLast();
      Explanation why = fitted.explain(ids, List.of(target)).getFirst();
      int rank = -1;
      for (int i = 0; i < statistics.items(); i++) {
        rank = fitted.items().idOf(statistics.popular()[i]).equals(target) ? i : rank;
      }
      int group = rank < groups.get(0).items() ? 0 : rank < 12 - groups.get(2).items() ? 1 : 2;
      sums[group] -= Math.log(why.probability());
      counts[group]++;
    }
    for (int g = 0; g < 3; g++) {
      assertEquals(counts[g], groups.get(g).targets());
      // Of none it is not a number on both sides.
      assertEquals(sums[g] / counts[g], groups.get(g).loss(), 1e-4, groups.get(g).name());
    }
    assertTrue(counts[0] > 0 && counts[1] > 0 && counts[2] > 0, Arrays.toString(counts));
    assertTrue(groups.get(0).least() >= groups.get(1).most());
    assertTrue(groups.get(1).least() >= groups.get(2).most());
  }

  @Test
  void theMostClickedItemsHaveTheirPlace() throws IOException {
    Page page = report();
    Page.Node figure = page.captioned("Embeddings of the 12 most clicked items");
    assertEquals(12, Page.points(figure).size());
    for (Page.Node dot : Page.below(figure, "circle")) {
      double x = Double.parseDouble(dot.attributes().get("cx"));
      double y = Double.parseDouble(dot.attributes().get("cy"));
      assertTrue(x >= 68 && x <= 452 && y >= 14 && y <= 230, x + ", " + y);
    }
  }
}
