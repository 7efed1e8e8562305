package io.gru4j.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page at {@code /}: one file, made of page.html, page.css and page.js, and of inside.css and
 * inside.js for the panel of the gates. It loads nothing but this server's answers. Its policy
 * allows its own styles and scripts by their hashes, and no other.
 */
final class IndexPage {
  private final Answer answer;

  private IndexPage(Answer answer) {
    this.answer = answer;
  }

  static IndexPage load() {
    String style = resource("page.css");
    String script = resource("page.js");
    String insideStyle = resource("inside.css");
    String insideScript = resource("inside.js");
    String html =
        resource("page.html")
            .replace("/*STYLE*/", style)
            .replace("/*INSIDE-STYLE*/", insideStyle)
            .replace("/*SCRIPT*/", script)
            .replace("/*INSIDE-SCRIPT*/", insideScript);
    String policy =
        "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action"
            + " 'none'; frame-ancestors 'none'; style-src "
            + hashes(style, insideStyle)
            + "; script-src "
            + hashes(script, insideScript);
    byte[] body = html.getBytes(StandardCharsets.UTF_8);
    return new IndexPage(
        new Answer(200, "text/html; charset=utf-8", body)
            .with("Content-Security-Policy", policy)
            .with("Referrer-Policy", "no-referrer"));
  }

  Answer answer() {
    return answer;
  }

  private static String resource(String name) {
    try (InputStream in = IndexPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hashes(String... texts) {
    return Stream.of(texts)
        .map(text -> "'sha256-" + hash(text) + "'")
        .collect(Collectors.joining(" "));
  }

  private static String hash(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
