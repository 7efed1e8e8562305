package io.gru4j.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page at {@code /}: one file, that loads nothing but this server's answers. Its policy allows
 * its own style and script by their hashes, and no other.
 */
final class IndexPage {
  private final Answer answer;

  private IndexPage(Answer answer) {
    this.answer = answer;
  }

  static IndexPage load() {
    String style = resource("page.css");
    String script = resource("page.js");
    String html = resource("page.html").replace("/*STYLE*/", style).replace("/*SCRIPT*/", script);
    String policy =
        "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action"
            + " 'none'; frame-ancestors 'none'; style-src 'sha256-"
            + hash(style)
            + "'; script-src 'sha256-"
            + hash(script)
            + "'";
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

  private static String hash(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
