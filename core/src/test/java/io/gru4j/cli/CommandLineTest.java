package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  private static final List<Option> OPTIONS =
      List.of(
          new Option("model", "FILE", ""),
          new Option("top", "N", ""),
          new Option("at", "K", ""),
          new Option("share", "X", ""),
          new Option("json", null, ""),
          new Option("keep-last", null, ""),
          new Option("skip", "[=X]", ""));

  private static CommandLine parse(String... words) throws UsageException {
    return CommandLine.parse(OPTIONS, "FILE", Integer.MAX_VALUE, List.of(words));
  }

  private static void assertWrong(String message, String... words) {
    var e = assertThrows(UsageException.class, () -> parse(words));
    assertEquals(message, e.getMessage());
  }

  /** Flags in any order and either form, arguments in between: each comes out as it went in. */
  @Property
  void everyFormAndOrderMeansTheSame(@ForAll long seed) throws UsageException {
    Random random = new Random(seed);
    Map<String, String> values = new TreeMap<>();
    List<List<String>> groups = new ArrayList<>();
    for (Option option : OPTIONS) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      String flag = "--" + option.name();
      if (option.isSwitch()) {
        values.put(option.name(), "true");
        groups.add(List.of(random.nextBoolean() ? flag : flag + "=true"));
      } else {
        String value = List.of("a=b", "-1", "", "x y", "é", "--x").get(random.nextInt(6));
        values.put(option.name(), value);
        boolean apart = random.nextBoolean() && !value.startsWith("--");
        groups.add(apart ? List.of(flag, value) : List.of(flag + "=" + value));
      }
    }
    Collections.shuffle(groups, random);
    List<String> arguments = new ArrayList<>();
    List<String> words = new ArrayList<>();
    for (List<String> group : groups) {
      if (random.nextBoolean()) {
        arguments.add("file" + arguments.size());
        words.add(arguments.getLast());
      }
      words.addAll(group);
    }
    if (random.nextBoolean()) {
      words.addAll(List.of("--", "--json", "-x"));
      arguments.addAll(List.of("--json", "-x"));
    }
    CommandLine line = parse(words.toArray(String[]::new));
    assertEquals(arguments, line.arguments());
    for (Option option : OPTIONS) {
      assertEquals(Optional.ofNullable(values.get(option.name())), line.get(option.name()));
    }
  }

  @Test
  void anUnderscoreInAFlagIsADash() throws UsageException {
    assertTrue(parse("--keep_last").isOn("keep-last"));
    assertEquals(List.of("keep_last"), parse("--model=x", "keep_last").arguments());
    assertEquals(Optional.of("a_b"), parse("--model=a_b").get("model"));
  }

  @Test
  void whatIsWrongIsSaid() {
    String flags = "the flags are --model --top --at --share --json --keep-last --skip";
    assertWrong("unknown flag --modell; did you mean --model?\n" + flags, "--modell", "x");
    assertWrong("unknown flag --kep_last; did you mean --keep-last?\n" + flags, "--kep_last");
    assertWrong("unknown flag --whatever\n" + flags, "--whatever=3");
    assertWrong("unknown flag -model; did you mean --model?\n" + flags, "-model");
    assertWrong("--model needs a value: --model FILE", "--model");
    assertWrong("--model needs a value: --model FILE", "--model", "--json");
    assertWrong("--model is given twice", "--model", "a", "--model=a");
    assertWrong("--json is given twice", "--json", "--json");
    assertWrong("write --keep-last=false, with '='", "--keep-last", "false");
    assertWrong("write --skip=0.05, with '='", "--skip", "0.05");
  }

  @Test
  void argumentsAreCounted() {
    var none =
        assertThrows(UsageException.class, () -> CommandLine.parse(OPTIONS, null, 0, List.of("x")));
    assertTrue(none.getMessage().startsWith("unexpected word x; the flags are --model"));
    var one =
        assertThrows(
            UsageException.class, () -> CommandLine.parse(OPTIONS, "M", 1, List.of("x", "y")));
    assertEquals("unexpected word y after M", one.getMessage());
  }

  @Test
  void valuesAreChecked() throws UsageException {
    CommandLine line = parse("--top", "7", "--at=1, 20", "--share", "0.25", "--keep-last=false");
    assertEquals(7, line.integer("top", 1, 1));
    assertArrayEquals(new int[] {1, 20}, line.integers("at", "5"));
    assertEquals(Optional.of(0.25), line.fraction("share"));
    assertFalse(line.isOn("keep-last"));
    assertFalse(line.isOn("json"));
    CommandLine empty = parse();
    assertEquals(1, empty.integer("top", 1, 1));
    assertArrayEquals(new int[] {5, 10}, empty.integers("at", "5,10"));
    assertEquals(Optional.empty(), empty.fraction("share"));
    assertValue("--top must be an integer in [1, 2147483647], got 0", "--top=0");
    assertValue("--top must be an integer in [1, 2147483647], got 1e3", "--top=1e3");
    assertValue("each number of --at must be an integer in [1, 2147483647], got ", "--at=5,,6");
    assertValue("--share must be a number above 0 and below 1, got 1", "--share=1");
    assertValue("--share must be a number above 0 and below 1, got NaN", "--share=NaN");
    assertValue("--json must be true or false, got yes", "--json=yes");
    assertValue("--model FILE is missing");
  }

  private static void assertValue(String message, String... words) {
    var e =
        assertThrows(
            UsageException.class,
            () -> {
              CommandLine line = parse(words);
              line.integer("top", 1, 1);
              line.integers("at", "1");
              line.fraction("share");
              line.isOn("json");
              line.require("model");
            });
    assertEquals(message, e.getMessage());
  }
}
