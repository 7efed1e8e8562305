package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoCommandTest extends CommandLineCase {
  @Test
  void theDemoRunsEndToEnd() {
    Result demo = run(TINY, "demo", "--sessions=300", "--items=60").expect(0);
    assertContains(demo.err(), "made 300 sessions, ");
    assertContains(demo.err(), "epoch 2/2: ");
    List<String> lines = demo.out().lines().toList();
    assertTrue(lines.get(0).matches(" +Recall@20 +MRR@20"), demo.out());
    assertTrue(lines.get(1).matches("most popular +0\\.\\d{4}  0\\.\\d{4}"), demo.out());
    assertTrue(lines.get(2).matches("Markov chain +0\\.\\d{4}  0\\.\\d{4}"), demo.out());
    assertTrue(lines.get(3).matches("GRU4Rec +0\\.\\d{4}  0\\.\\d{4}"), demo.out());
    assertTrue(lines.get(4).matches("[\\d,]+ clicks of held-out sessions predicted"), demo.out());
    assertEquals(3, lines.stream().filter(line -> line.startsWith("session s")).count());
    assertEquals(15, lines.stream().filter(line -> line.matches("  [1-5]\\. shelf.*")).count());
    assertEquals(
        demo.out(), run(TINY, "demo", "--sessions=300", "--items=60", "--threads=1").out());
    assertContains(run("demo", "--seed=None").expect(2).err(), "a demo that can be repeated");
  }

  @Test
  void itsSessionsCanBeWritten() throws IOException {
    Path shop = folder.resolve("new/shop");
    Result demo = run("demo", "--write", shop.toString(), "--sessions=300", "--items=60").expect(0);
    assertContains(demo.out(), "sessions.tsv        270 sessions  to learn from\n");
    assertContains(demo.out(), "later-sessions.tsv  30 sessions   to evaluate with\n");
    SessionData older = SessionFiles.read(shop.resolve("sessions.tsv"));
    SessionData newer =
        new SessionFiles().knownItems(older.items()).readAll(shop.resolve("later-sessions.tsv"));
    SessionData made = SyntheticSessions.make(300, 60, 42);
    assertEquals(made.clicks(), older.clicks() + newer.clicks());
    assertEquals(270, older.sessions().size());
    String first = made.sessions().idOf(0);
    List<String> items = new ArrayList<>();
    for (int item : older.interactions().items(older.sessions().indexOf(first))) {
      items.add(older.items().idOf(item));
    }
    List<String> expected = new ArrayList<>();
    for (int item : made.interactions().items(0)) {
      expected.add(made.items().idOf(item));
    }
    assertEquals(expected, items);
  }
}
