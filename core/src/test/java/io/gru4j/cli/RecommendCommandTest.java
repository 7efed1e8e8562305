package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.model.Contribution;
import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecommendCommandTest extends CommandLineCase {
  @Test
  void itemsAreRecommendedToOneSessionAndToMany() {
    train("--validation-fraction=0.2").expect(0);
    Result one = run("recommend", "--model", model, "--items", "ä1,ä3", "--top", "3").expect(0);
    List<String> lines = one.out().lines().toList();
    assertEquals(3, lines.size());
    for (int i = 0; i < 3; i++) {
      assertTrue(lines.get(i).matches((i + 1) + "\tä\\d+\t-?\\d.*"), lines.get(i));
    }
    assertEquals("", one.err());
    assertEquals(
        12, run("recommend", "--model", model, "--items=ä1").expect(0).out().lines().count());

    stdin = "ä1, ä3\n\nx,ä3\nx\n";
    Result many = run("recommend", "--model", model, "--top=2").expect(0);
    assertEquals(
        List.of("1\t1", "1\t2", "3\t1", "3\t2"),
        many.out().lines().map(line -> line.replaceAll("\tä.*", "")).toList());
    assertContains(many.err(), "1 session without any known item");
    assertContains(many.err(), "2 unknown items skipped");
    assertEquals(lines.getFirst(), many.out().lines().findFirst().orElseThrow().substring(2));

    Result json = run("recommend", "--model", model, "--top=2", "--json").expect(0);
    List<Map<?, ?>> objects =
        json.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) Json.parse(line)).toList();
    assertEquals(List.of(1L, 3L, 4L), objects.stream().<Object>map(o -> o.get("session")).toList());
    assertEquals(List.of(), objects.get(0).get("unknown"));
    assertEquals(List.of("x"), objects.get(1).get("unknown"));
    assertEquals(List.of(), objects.get(2).get("recommendations"));
    Map<?, ?> best = (Map<?, ?>) ((List<?>) objects.get(0).get("recommendations")).getFirst();
    assertEquals(lines.getFirst().split("\t")[1], best.get("item"));
    assertTrue(best.get("score") instanceof Double);

    stdin = "ä1\tä3\n";
    Result tabs = run("recommend", "--model", model, "--top=3", "--item-separator=tab").expect(0);
    assertEquals(lines, tabs.out().lines().map(line -> line.substring(2)).toList());

    stdin = "ä1\nä1,x\n";
    assertContains(
        run("recommend", "--model", model, "--unknown=fail").expect(1).err(),
        "recommend: stdin:2: ");
    assertContains(
        run("recommend", "--model", model, "--unknown=fail", "--items=x").expect(1).err(), "x");
    assertContains(
        run("recommend", "--model", model, "--items=x").expect(1).err(), "knows none of the items");
    assertContains(run("recommend", "--model", model, "--items=,").expect(2).err(), "has no item");
  }

  /** Sessions without end, and nobody who takes the results. */
  @Test
  void recommendEndsWithItsReader() {
    train().expect(0);
    InputStream endless =
        new InputStream() {
          private long position;

          @Override
          public int read() {
            assertTrue(position < 1 << 20, "read on and on");
            return position++ % 2 == 0 ? 'x' : '\n';
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new String[] {"recommend", "--model", model, "--json"},
            endless,
            new PrintStream(new Full()),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertContains(err.toString(StandardCharsets.UTF_8), "cannot be written to stdout");
  }

  @Test
  void anIdWithWhiteSpacesAroundItCanBeAskedFor() throws IOException {
    FittedModel spaces =
        new FittedModel(
            GruNetwork.zeros(4, 1, 1, 1),
            IdMap.of(List.of(" a", "a", "b ", " ")),
            Map.of(),
            List.of(),
            null);
    spaces.save(Path.of(model));
    stdin = " a\n a \n b \nb ,a\n \n";
    Result result = run("recommend", "--model", model, "--json", "--unknown=skip").expect(0);
    List<Object> unknown =
        result.out().lines().<Object>map(l -> ((Map<?, ?>) Json.parse(l)).get("unknown")).toList();
    assertEquals(
        List.of(List.of(), List.of(), List.of("b"), List.of(), List.of()), unknown, result.out());
    run("recommend", "--model", model, "--items= a,b , ", "--unknown=fail").expect(0);
    String help = run("recommend", "--help").out().replaceAll("\\s+", " ");
    assertContains(help, "An item of the session may be recommended again.");
    assertContains(
        help, "Control characters in an id are shown by escapes, a tab by \\t; --json keeps them.");
  }

  @Test
  void whySaysWhatEachClickDoes() throws IOException {
    train().expect(0);
    FittedModel fitted = FittedModel.load(Path.of(model));
    String[] command = {
      "recommend", "--model", model, "--items=ä1,x,ä3", "--top=2", "--why", "--probability"
    };
    List<String> lines = run(command).expect(0).out().lines().toList();
    List<Explanation> expected = fitted.explain(List.of("ä1", "x", "ä3"), 2);
    for (int i = 0; i < 2; i++) {
      Explanation each = expected.get(i);
      String[] columns = lines.get(i).split("\t");
      assertEquals(each.item(), columns[1]);
      assertEquals((float) each.probability(), Float.parseFloat(columns[3]));
      for (int t = 0; t < 2; t++) {
        Contribution click = each.clicks().get(t);
        assertEquals(
            String.format(Locale.ROOT, "%s %+.4f", click.item(), click.leaveOneOut()),
            columns[4 + t]);
      }
      assertEquals(6, columns.length);
    }
    command[6] = "--json";
    Map<?, ?> json = (Map<?, ?>) Json.parse(run(command).expect(0).out());
    Map<?, ?> best = (Map<?, ?>) ((List<?>) json.get("recommendations")).getFirst();
    assertEquals(List.of("item", "score", "why"), List.copyOf(best.keySet()));
    Map<?, ?> last = (Map<?, ?>) ((List<?>) best.get("why")).get(1);
    Contribution click = expected.getFirst().clicks().get(1);
    assertEquals("ä3", last.get("item"));
    assertEquals(click.leaveOneOut(), ((Number) last.get("leave_one_out")).floatValue());
    assertEquals(
        click.gradientTimesInput(), ((Number) last.get("gradient_times_input")).floatValue());
    assertContains(
        run("recommend", "--model", model, "--sessions", model, "--why").expect(2).err(),
        "--why and --probability are for --items and stdin");
  }
}
