package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a request ends: what another server on the way might read differently is refused, with one
 * answer, and the connection is closed. Each text is followed by a request for {@code /health},
 * whose answer would show that the rest was taken for a request of its own.
 */
class HttpFramingTest {
  static final String POST =
      "POST /recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  static final String BODY = "{\"items\":[\"item3\"],\"k\":1}";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String NEXT =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

  @TempDir static Path folder;
  private static RecommendServer server;
  private static final List<String> LOG = Collections.synchronizedList(new ArrayList<>());

  @BeforeAll
  static void start() throws IOException {
    Path file = folder.resolve("m.safetensors");
    TestModel.make(5).save(file);
    server =
        RecommendServer.start(new RecommendServer.Settings(file, "localhost", 0, 1, 9), LOG::add);
  }

  @AfterAll
  static void stop() {
    server.close();
    assertEquals(List.of(), LOG); // no bug, whatever came
  }

  /** The statuses of the answers to a text and the request behind it. */
  private static List<Integer> statuses(String text) throws IOException {
    Matcher answers = STATUS.matcher(Client.raw(server.address(), text + NEXT));
    return answers.results().map(each -> Integer.parseInt(each.group(1))).toList();
  }

  private static String lines(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "80000000\\r\\n{}\\r\\n0\\r\\n\\r\\n | 413",
        "100000000\\r\\n | 413",
        "FFFFFFFFFFFFFFFF\\r\\n | 413",
        "00000000000000000\\r\\n\\r\\n | 400",
        "-1\\r\\n | 400",
        "+5\\r\\nhello\\r\\n0\\r\\n\\r\\n | 400",
        "0x2\\r\\n{}\\r\\n0\\r\\n\\r\\n | 400",
        "2 \\r\\n{}\\r\\n0\\r\\n\\r\\n | 400",
        "2\\n{}\\n0\\n\\n | 400",
        "2\\r{}\\r\\n0\\r\\n\\r\\n | 400",
        "\\r\\n{}\\r\\n0\\r\\n\\r\\n | 400",
        "2\\r\\n{}0\\r\\n\\r\\n | 400",
        "2\\r\\n{}}\\r\\n0\\r\\n\\r\\n | 400",
        "2;a\\0\\r\\n{}\\r\\n0\\r\\n\\r\\n | 400",
        "2;a\\n\\r\\n{}\\r\\n0\\r\\n\\r\\n | 400",
        "0\\r\\n a: b\\r\\n\\r\\n | 400",
        "0\\r\\na b\\r\\n\\r\\n | 400",
        "0\\r\\na: b\\n\\r\\n | 400",
        "2\\r\\n{}\\r\\n0\\r\\nContent-Length: 3\\r\\n\\r\\n | 400",
        "2\\r\\n{}\\r\\n0\\r\\nx: y\\r\\nTRANSFER-ENCODING: chunked\\r\\n\\r\\n | 400",
        "2\\r\\n{}\\r\\n0\\r\\nHost: localhost\\r\\n\\r\\n | 400",
        "2\\r\\n{}\\r\\n0\\r\\nOrigin: http://localhost\\r\\n\\r\\n | 400",
      })
  void wrongChunksAreRefused(String chunks, int status) throws IOException {
    assertEquals(List.of(status), statuses(CHUNKED + lines(chunks)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "19\r\n" + BODY + "\r\n0\r\n\r\n",
        "19\r\n" + BODY + "\r\n0\r\nX: y\r\nExpires: never\r\n\r\n",
        "0000019;a=\"b\";c\r\n" + BODY + "\r\n000;d\r\n\r\n",
        "1\r\n{\r\n18\r\n\"items\":[\"item3\"],\"k\":1}\r\n0\r\n\r\n",
      })
  void rightChunksAreRead(String chunks) throws IOException {
    assertEquals(List.of(200, 200), statuses(CHUNKED + chunks));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: +25\\r\\n | 400",
        "Content-Length: 0x19\\r\\n | 400",
        "Content-Length: 25, 25\\r\\n | 400",
        "Content-Length: 2 5\\r\\n | 400",
        "Content-Length:\\r\\n | 400",
        "Content-Length: -25\\r\\n | 400",
        "Content-Length: 25\\r\\nContent-Length: 25\\r\\n | 400",
        "Content-Length: 25\\r\\nContent-Length: 3\\r\\n | 400",
        "Content-Length: 25\\r\\nTransfer-Encoding: chunked\\r\\n | 400",
        "Transfer-Encoding: chunked\\r\\nContent-Length: 25\\r\\n | 400",
        "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n | 400",
        "Transfer-Encoding: gzip, chunked\\r\\n | 501",
        "Transfer-Encoding: identity\\r\\n | 501",
        "Transfer-Encoding: xchunked\\r\\n | 501",
        "Content-Length: 262145\\r\\n | 413",
        "Content-Length: 4294967321\\r\\n | 413",
        "Content-Length: 18446744073709551641\\r\\n | 413",
        "Content-Length : 25\\r\\n | 400",
        "\\tContent-Length: 25\\r\\n | 400",
        "X: a\\r\\n folded\\r\\nContent-Length: 25\\r\\n | 400",
        "X: a\\nContent-Length: 25\\r\\n | 400",
        "X: a\\rContent-Length: 25\\r\\n | 400",
        "X: a\\0b\\r\\nContent-Length: 25\\r\\n | 400",
        "X\\0: a\\r\\nContent-Length: 25\\r\\n | 400",
        ": a\\r\\nContent-Length: 25\\r\\n | 400",
        "X\\r\\nContent-Length: 25\\r\\n | 400",
        "X(a): b\\r\\nContent-Length: 25\\r\\n | 400",
        "Host: localhost\\r\\nContent-Length: 25\\r\\n | 400",
        "Content-Type: application/json\\r\\nContent-Length: 25\\r\\n | 400",
        "Origin: a\\r\\nOrigin: a\\r\\nContent-Length: 25\\r\\n | 400",
        "Sec-Fetch-Site: none\\r\\nSec-Fetch-Site: none\\r\\nContent-Length: 25\\r\\n | 400",
        "Expect: 200-ok\\r\\nContent-Length: 25\\r\\n | 417",
      })
  void wrongHeadersAreRefused(String headers, int status) throws IOException {
    assertEquals(List.of(status), statuses(POST + lines(headers) + "\r\n" + BODY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  /health HTTP/1.1 | 400",
        "GET /health HTTP/1.1 a | 400",
        "GET\\t/health HTTP/1.1 | 400",
        "GET /health | 400",
        "GET /health HTTP/1 | 400",
        "GET /health HTTP/11 | 400",
        "GET /health http/1.1 | 400",
        "G(T /health HTTP/1.1 | 400",
        "GET health HTTP/1.1 | 400",
        "GET /%zz HTTP/1.1 | 400",
        "GET /items?q=%z1 HTTP/1.1 | 400",
        "GET /%f HTTP/1.1 | 400",
        "GET /%ff HTTP/1.1 | 400",
        "GET /a#b HTTP/1.1 | 400",
        "GET /a\"b HTTP/1.1 | 400",
        "GET /\u00e9 HTTP/1.1 | 400",
        "GET ftp://localhost/ HTTP/1.1 | 400",
        "GET http:///health HTTP/1.1 | 400",
        "GET http://a@localhost/health HTTP/1.1 | 400",
        "CONNECT localhost:80 HTTP/1.1 | 400",
        "GET * HTTP/1.1 | 400",
        "GET /health HTTP/2.0 | 505",
        "GET /health HTTP/3.1 | 505",
      })
  void wrongFirstLinesAreRefused(String line, int status) throws IOException {
    assertEquals(List.of(status), statuses(lines(line) + "\r\nHost: localhost\r\n\r\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "//, 404",
    "//evil.example/health, 404",
    "/%68ealth, 200",
    "http://localhost/health, 200",
    "HTTP://127.0.0.1:99/health, 200",
    "http://localhost, 200",
    "http://localhost?a=b, 200",
    "http://evil.example/health, 421",
    "/items?q=[a], 200",
  })
  void otherTargetsAreAnswered(String target, int status) throws IOException {
    String text = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertEquals(List.of(status, 200), statuses(text));
  }

  @Test
  void theOptionsOfTheServerAreNoneAndItsMethodsAreNamed() throws IOException {
    String text = "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertEquals(List.of(405, 200), statuses(text));
    String answer = Client.raw(server.address(), text + NEXT);
    assertTrue(answer.contains("\r\nAllow: GET, HEAD, POST\r\n"), answer);
    assertTrue(answer.contains("the server takes GET, HEAD, POST, not \\\"OPTIONS\\\""), answer);
  }

  @Test
  void thePrefaceOfHttp2IsRefused() throws IOException {
    assertEquals(List.of(505), statuses("PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n"));
  }

  @Test
  void aFirstLineHasALength() throws IOException {
    assertEquals(
        List.of(414),
        statuses("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    assertEquals(List.of(414), statuses("a".repeat(100_000)));
    assertEquals(
        List.of(404, 200),
        statuses("GET /" + "%41".repeat(2700) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  }

  @Test
  void http10ClosesAndNeedsNoHostHeaderOfItsOwn() throws IOException {
    assertEquals(List.of(200), statuses("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n"));
    assertEquals(List.of(400), statuses("GET /health HTTP/1.0\r\n\r\n"));
    String chunked = POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assertEquals(List.of(400), statuses(chunked));
  }

  @Test
  void anEmptyLineBeforeARequestIsPassedOver() throws IOException {
    assertEquals(List.of(200), statuses("\r\n"));
    assertEquals(List.of(400), statuses("\r\n\r\n"));
  }

  @Test
  void aBodyThatNobodyReadsIsNoRequest() throws IOException {
    String inner = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String length = "Content-Length: " + inner.length() + "\r\n\r\n" + inner;
    assertEquals(
        List.of(200, 200), statuses("GET /health HTTP/1.1\r\nHost: localhost\r\n" + length));
    assertEquals(
        List.of(415, 200), statuses("POST /recommend HTTP/1.1\r\nHost: localhost\r\n" + length));
    String large = "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n";
    assertEquals(List.of(200), statuses(large + inner + " ".repeat(300_000 - inner.length())));
  }

  @Test
  void aClientThatAsksIsToldToGoOn() throws IOException {
    try (Socket socket = new Socket("localhost", server.address().getPort())) {
      socket.setSoTimeout(300_000);
      InputStream in = socket.getInputStream();
      String head = POST + "Expect: 100-continue\r\nContent-Length: " + BODY.length() + "\r\n\r\n";
      write(socket, head);
      String on = "HTTP/1.1 100 Continue\r\n\r\n";
      assertEquals(on, new String(in.readNBytes(on.length()), StandardCharsets.US_ASCII));
      write(socket, BODY + NEXT);
      String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(2, rest.split("HTTP/1.1 200 OK", -1).length - 1, rest);
    }
    String refused = POST.replace("json", "text") + "Expect: 100-continue\r\nContent-Length: 9\r\n";
    String answer = Client.raw(server.address(), refused + "\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 415 "), answer); // and closes without the body
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Every boundary at which the network may cut. */
  @Test
  void cutAnywhereItIsTheSameRequest() throws Exception {
    String text = CHUNKED + "5;a=b\r\n" + BODY.substring(0, 5) + "\r\n14\r\n" + BODY.substring(5);
    text += "\r\n0\r\nX: y\r\n\r\n" + NEXT;
    for (int cut = 1; cut < text.length(); cut++) {
      try (Socket socket = new Socket("localhost", server.address().getPort())) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(300_000);
        write(socket, text.substring(0, cut));
        Thread.sleep(1);
        write(socket, text.substring(cut));
        String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, answers.split("HTTP/1.1 200 OK", -1).length - 1, cut + ": " + answers);
      }
    }
  }
}
