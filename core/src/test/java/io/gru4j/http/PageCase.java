package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A served page in a browser. With {@code -Dgru4j.screenshots=FOLDER} pictures of it are written
 * there.
 */
abstract class PageCase {
  @TempDir Path folder;
  Path file;
  RecommendServer server;
  Chromium browser;

  /** What is served. */
  abstract FittedModel model();

  /** The text of a file of titles; null: none. */
  String titles() {
    return null;
  }

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("m.safetensors");
    model().save(file);
    var settings = new RecommendServer.Settings(file, "localhost", 0, 1, 9);
    if (titles() != null) {
      settings = settings.withTitles(Files.writeString(folder.resolve("titles.tsv"), titles()));
    }
    server = RecommendServer.start(settings, line -> {});
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.close();
    }
    server.close();
  }

  void open() throws Exception {
    Optional<Path> program = Chromium.program();
    assumeTrue(program.isPresent(), "no chromium on the PATH: the page is not tested");
    browser = new Chromium(program.get(), Files.createDirectory(folder.resolve("p")), root());
    browser.window(1200, 800, false);
    browser.await("document.querySelectorAll('#items button').length === 50");
  }

  String root() {
    return "http://127.0.0.1:" + server.address().getPort() + "/";
  }

  List<String> texts(String selector) throws Exception {
    String all = "[...document.querySelectorAll('" + selector + "')].map(e => e.textContent)";
    return ((List<?>) browser.evaluate(all)).stream().map(Object::toString).toList();
  }

  /** Nothing on the console, and nothing from elsewhere. */
  void assertNothingAmiss() {
    assertEquals(List.of(), browser.complaints());
    assertFalse(browser.requested().isEmpty());
    for (String url : browser.requested()) {
      assertTrue(url.startsWith(root()) || url.equals("data:,"), url);
    }
  }

  void screenshot(String name) throws Exception {
    String target = System.getProperty("gru4j.screenshots");
    if (target != null) {
      browser.screenshot(Path.of(target, name));
    }
  }
}
