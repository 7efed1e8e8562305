package io.gru4j.http;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request, by RFC 9112, and nothing that another server on the way might read
 * differently: every length is stated once, in one way, in digits alone; lines end in CR LF; no
 * header is folded; headers that can have one value are there once.
 */
final class HeadParser {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VERSION = Pattern.compile("HTTP/(\\d)\\.(\\d)");
  private static final Pattern URL =
      Pattern.compile("(?i:http)://([0-9A-Za-z._~%:\\[\\]-]+)([/?].*)?");

  /**
   * What a target may have besides letters, digits and %; a query brackets too, as in Java's URI.
   */
  private static final String PATH_MARKS = "-._~!$&'()*+,;=:@/";

  private static final String QUERY_MARKS = PATH_MARKS + "?[]";

  private static final Set<String> ONCE =
      Set.of(
          "content-length",
          "content-type",
          "expect",
          "origin",
          "referer",
          "sec-fetch-dest",
          "sec-fetch-mode",
          "sec-fetch-site",
          "transfer-encoding");

  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  private HeadParser() {}

  /**
   * Reads a head.
   *
   * @param text all its lines, each with its CR LF, the empty one too, in ISO 8859-1; no other
   *     control character but tabs ({@link RequestReader} sees to that)
   */
  static Request parse(String text, InetAddress client) throws RequestException {
    HeadParser parser = new HeadParser();
    int lineEnd = text.indexOf("\r\n");
    parser.fields(text, lineEnd + 2);
    return parser.request(text.substring(0, lineEnd), client);
  }

  /**
   * Checks trailers, which nobody here asks for. Those that would say where a request ends, where
   * it goes or who sends it come too late (RFC 9110, 6.5.1), and another server might heed them.
   */
  static void checkTrailers(String text) throws RequestException {
    HeadParser parser = new HeadParser();
    parser.fields(text, 0);
    for (String name : parser.names) {
      if (name.equals("host") || ONCE.contains(name)) {
        throw wrong("the header " + quote(name) + " must not be a trailer");
      }
    }
  }

  private void fields(String text, int from) throws RequestException {
    int at = from;
    for (int end = text.indexOf("\r\n", at); end > at; end = text.indexOf("\r\n", at)) {
      if (names.size() == ServerLimits.HEADERS) {
        throw new RequestException(
            431, "there are more than " + ServerLimits.HEADERS + " headers, so many are read");
      }
      field(text.substring(at, end));
      at = end + 2;
    }
    int bytes = at - from;
    if (bytes > ServerLimits.HEADER_BYTES) {
      throw new RequestException(
          431,
          "the headers have %d bytes, at most %d are read"
              .formatted(bytes, ServerLimits.HEADER_BYTES));
    }
  }

  private void field(String line) throws RequestException {
    int colon = line.indexOf(':');
    if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
      throw wrong("a header goes on in a second line, each must be one line: " + quote(line));
    }
    if (colon < 0 || !TOKEN.matcher(line).region(0, colon).matches()) {
      throw wrong("expected NAME: VALUE as a header, got " + quote(line));
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    if (ONCE.contains(name) && names.contains(name)) {
      throw wrong("the header " + quote(name) + " is there twice, it must be there once");
    }
    names.add(name);
    values.add(trim(line.substring(colon + 1)));
  }

  /** Without the blanks and tabs around it: alone these may be there. */
  private static String trim(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && (value.charAt(from) == ' ' || value.charAt(from) == '\t')) {
      from++;
    }
    while (to > from && (value.charAt(to - 1) == ' ' || value.charAt(to - 1) == '\t')) {
      to--;
    }
    return value.substring(from, to);
  }

  private Request request(String line, InetAddress client) throws RequestException {
    String[] words = line.split(" ", -1);
    Matcher version = VERSION.matcher(words.length == 3 ? words[2] : "");
    if (!version.matches() || !TOKEN.matcher(words[0]).matches()) {
      throw wrong("expected METHOD TARGET HTTP/1.1 as the first line, got " + quote(line));
    }
    if (!version.group(1).equals("1")) {
      throw new RequestException(505, "this server speaks HTTP/1.1, not " + words[2]);
    }
    boolean old = version.group(2).equals("0");
    String authority = host(old);
    String target = words[1];
    Matcher url = URL.matcher(target);
    if (url.matches()) {
      authority = url.group(1);
      String rest = url.group(2) == null ? "/" : url.group(2);
      target = rest.startsWith("?") ? "/" + rest : rest;
    }
    boolean server = target.equals("*") && words[0].equals("OPTIONS");
    int mark = target.indexOf('?');
    if (!server && !isPath(target, mark < 0 ? target.length() : mark)) {
      throw wrong("the target must be a path, maybe with a query, got " + quote(words[1]));
    }
    return new Request(
        words[0],
        decode(mark < 0 ? target : target.substring(0, mark)),
        mark < 0 ? null : target.substring(mark + 1),
        authority,
        !old && !listed("connection", "close"),
        expectsContinue(old),
        length(old),
        List.copyOf(names),
        List.copyOf(values),
        client);
  }

  /** A loop, for a regular expression would take stack for each character. */
  private static boolean isPath(String target, int pathEnd) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '%') {
        if (!isHex(target, i + 1) || !isHex(target, i + 2)) {
          return false;
        }
      } else if (c >= 0x80
          || !Character.isLetterOrDigit(c)
              && (i < pathEnd ? PATH_MARKS : QUERY_MARKS).indexOf(c) < 0) {
        return false;
      }
    }
    return target.startsWith("/");
  }

  private static boolean isHex(String text, int at) {
    return at < text.length()
        && text.charAt(at) < 0x80
        && Character.digit(text.charAt(at), 16) >= 0;
  }

  private String host(boolean old) throws RequestException {
    int at = names.indexOf("host");
    if (at != names.lastIndexOf("host") || at < 0 && !old) {
      throw wrong("the request must have one Host header");
    }
    return at < 0 ? null : values.get(at);
  }

  private boolean listed(String name, String word) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)
          && Arrays.stream(values.get(i).split(","))
              .map(String::strip)
              .anyMatch(word::equalsIgnoreCase)) {
        return true;
      }
    }
    return false;
  }

  private String value(String name) {
    int at = names.indexOf(name);
    return at < 0 ? null : values.get(at);
  }

  private boolean expectsContinue(boolean old) throws RequestException {
    String expect = value("expect");
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw new RequestException(417, "Expect can be 100-continue alone, got " + quote(expect));
    }
    return expect != null && !old;
  }

  private long length(boolean old) throws RequestException {
    String length = value("content-length");
    String coding = value("transfer-encoding");
    if (coding == null) {
      return length == null ? 0 : digits(length);
    }
    if (length != null) {
      throw wrong("Content-Length and Transfer-Encoding are both there, one must be");
    }
    if (old) {
      throw wrong("HTTP/1.0 has no Transfer-Encoding, give a Content-Length");
    }
    if (!coding.equalsIgnoreCase("chunked")) {
      throw new RequestException(
          501, "Transfer-Encoding can be chunked alone, got " + quote(coding));
    }
    return Request.CHUNKED;
  }

  private static long digits(String length) throws RequestException {
    if (!length.matches("[0-9]{1,1000}")) {
      throw wrong("Content-Length must be one number in digits, got " + quote(length));
    }
    String plain = length.replaceFirst("^0+(?=.)", "");
    return plain.length() > 18 ? Long.MAX_VALUE : Long.parseLong(plain);
  }

  private static String decode(String path) throws RequestException {
    if (path.indexOf('%') < 0) {
      return path;
    }
    ByteBuffer bytes = ByteBuffer.allocate(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(path, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.put((byte) path.charAt(i));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw wrong("the path " + quote(path) + " is not UTF-8");
    }
  }

  private static String quote(String text) {
    return RequestException.quote(text);
  }

  private static RequestException wrong(String message) {
    return new RequestException(400, message);
  }
}
