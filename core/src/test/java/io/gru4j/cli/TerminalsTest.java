package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TerminalsTest {
  @TempDir Path folder;

  @Test
  void theStartScriptsAnswerCounts() {
    Path none = folder.resolve("none");
    assertEquals(132, Terminals.columns("132", "xterm", none));
    assertEquals(0, Terminals.columns("0", "xterm", none));
    assertEquals(0, Terminals.columns("132", "dumb", none));
    assertEquals(0, Terminals.columns("wide", null, none));
    assertEquals(10_000, Terminals.columns("999999999", null, none));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void withoutItTheLinkOfStderrIsLookedAt() throws IOException {
    assertEquals(80, leadsTo("/dev/pts/3"));
    assertEquals(80, leadsTo("/dev/tty1"));
    assertEquals(80, leadsTo("/dev/console"));
    assertEquals(0, leadsTo("pipe:[1234]"));
    assertEquals(0, leadsTo("/dev/null"));
    assertEquals(0, leadsTo("/home/someone/log"));
    assertEquals(0, Terminals.columns(null, null, folder.resolve("none")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void stdinIsTypedWhereTheScriptOrItsLinkSaysSo() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("fd0"), Path.of("/dev/pts/3"));
    Path pipe = Files.createSymbolicLink(folder.resolve("pipe"), Path.of("pipe:[12]"));
    assertEquals(true, Terminals.typed(null, link));
    assertEquals(false, Terminals.typed(null, pipe));
    assertEquals(false, Terminals.typed("false", link));
    assertEquals(true, Terminals.typed("true", pipe));
  }

  private int leadsTo(String target) throws IOException {
    Path link = folder.resolve("fd2");
    Files.deleteIfExists(link);
    return Terminals.columns(null, "xterm", Files.createSymbolicLink(link, Path.of(target)));
  }
}
