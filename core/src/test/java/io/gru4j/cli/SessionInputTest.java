package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionInputTest extends CommandLineCase {
  private String faultOf(String text, String... flags) throws IOException {
    Path file = folder.resolve("hdr.tsv");
    Files.writeString(file, text);
    String err = run(List.of(flags), "train", file.toString(), "--model", model).expect(1).err();
    assertFalse(Files.exists(Path.of(model)));
    return err.lines().reduce((first, last) -> last).orElseThrow().replace(file.toString(), "FILE");
  }

  @Test
  void whatIsWrongWithSessionsIsSaid() throws IOException {
    String header = "SessionId,ItemId,Time\n";
    String noClick = "gru4j train: FILE: no click, there is only a header line";
    assertEquals(noClick, faultOf(header));
    assertEquals(noClick, faultOf(header, "--validation-fraction=0.5"));
    assertEquals(
        "gru4j train: FILE: no click, every line is bad",
        faultOf(header + "1,a\n2\n", "--skip-bad-lines=1"));
    assertEquals(
        "gru4j train: FILE: no session has two clicks, so there is none to predict",
        faultOf(header + "1,a,1\n2,b,2\n"));
    assertContains(
        faultOf(header + "1,a,1\n2,b,2\n2,a,3\n", "--validation-fraction=0.5"),
        "FILE: no session to learn from has two clicks");
    assertContains(
        faultOf(header + "1,a,1\n1,b,2\n", "--validation-fraction=0.5"),
        "FILE has 1 session, --validation-fraction needs two or more");
    assertEquals(
        "gru4j train: FILE: no session that is set aside has two clicks, so there is none to judge"
            + " by",
        faultOf(header + "1,a,1\n1,b,2\n2,a,3\n", "--validation-fraction=0.5"));
    assertContains(
        faultOf(header + "1,a,1\n1,b,2024-01-31\n"),
        "FILE:3: Time \"2024-01-31\" is not a number, expected for example seconds since 1970; the"
            + " times before it are numbers");
    String keys = "; --session-key, --item-key and --time-key name the columns";
    String missing = faultOf("session,ItemId,Time\n1,a,1\n");
    assertContains(missing, "column SessionId is missing");
    assertTrue(missing.endsWith(keys), missing);
    assertContains(
        faultOf("SessionId:ItemId:Time\n1:a:1\n"), "; --separator says what stands between fields");
    assertContains(
        run("evaluate", sessions, "--model", "").expect(2).err(), "--model must not be empty");
  }

  /** Validation, evaluation and recommendation on sessions that hold nothing to predict. */
  @Test
  void sessionsThatJudgeNothingAreNamed() throws IOException {
    train().expect(0);
    Path held = folder.resolve("held.csv");
    String header = "SessionId,ItemId,Time\n";
    String clicks = ": no session has two clicks on known items, so there is none to predict\n";
    String unknown = ": none of the items is known, the training data had others\n";
    for (String text :
        List.of(header + "1,ä1,1\n2,ä2,2\n2,shoe,3\n", header + "1,shoe,1\n1,sock,2\n")) {
      Files.writeString(held, text);
      String why = held + (text.contains("ä") ? clicks : unknown);
      assertContains(train("--validation", held.toString()).expect(1).err(), "gru4j train: " + why);
      Result evaluate = run("evaluate", held.toString(), "--model", model).expect(1);
      assertContains(evaluate.err(), "gru4j evaluate: " + why);
    }
    Files.writeString(held, header + "1,ä1,1\n1,ä2,2\n");
    run("evaluate", held.toString(), "--model", model).expect(0); // one session will do
    stdin = "\n \n";
    Result nothing = run("recommend", "--model", model).expect(0);
    assertEquals("", nothing.out());
    assertEquals("stdin has no session\n", nothing.err());
  }

  /** Every command that reads session files skips bad lines when it is told to, and says which. */
  @Test
  void badLinesAreSkippedWithinAShareAndReported() throws IOException {
    train().expect(0);
    String sound = Files.readString(Path.of(sessions));
    Path file = folder.resolve("bad.tsv");
    String noon = "1\tä1\tnoon\n";
    Files.writeString(file, sound + noon.repeat(7));
    for (String command : List.of("train", "evaluate", "search")) {
      List<String> flags = new ArrayList<>(command.equals("evaluate") ? List.of() : TINY);
      flags.addAll(List.of(command.equals("evaluate") ? "--at=5" : "--validation-fraction=0.2"));
      if (command.equals("search")) {
        flags.add("--param=bptt=1");
      }
      String[] head = {command, file.toString(), "--model", model};
      String fault = file + ":161: Time \"noon\" is not a number, expected for example";
      assertContains(run(flags, head).expect(1).err(), "gru4j " + command + ": " + fault);

      flags.add("--skip-bad-lines");
      Result few = run(flags, head).expect(1);
      assertContains(few.err(), "7 of 166 lines are bad, more than the share of 0.01 that may be");
      assertContains(few.err(), "the first: " + fault);
      assertContains(few.err(), "; --skip-bad-lines=X lets more be skipped\n");

      flags.set(flags.size() - 1, "--skip-bad-lines=0.05");
      Result result = run(flags, head).expect(0);
      assertContains(result.err(), file + ": 7 bad of 166 lines skipped:\n  " + fault);
      assertContains(result.err(), "\n  " + file + ":165: Time \"noon\"");
      assertContains(result.err(), "\n  and 2 more\n");
      assertFalse(result.err().contains(":166:"), result.err());
    }
    for (String share : List.of("1.01", "-0.1", "NaN", "", "some")) {
      assertContains(
          train("--skip-bad-lines=" + share).expect(2).err(),
          "--skip-bad-lines must be a share of the lines, a number in [0, 1], got " + share);
    }
    assertContains(run("train", "--help").out(), "--skip-bad-lines[=X]");
  }
}
