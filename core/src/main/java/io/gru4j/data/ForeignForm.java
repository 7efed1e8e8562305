package io.gru4j.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files that are no text as it is read here: each is known by its first bytes. */
enum ForeignForm {
  ZSTD("zstd-compressed", "zstd -dc FILE", bytes(0x28, 0xb5, 0x2f, 0xfd)),
  XZ("xz-compressed", "xz -dc FILE", bytes(0xfd, '7', 'z', 'X', 'Z', 0)),
  BZIP2("bzip2-compressed", "bzip2 -dc FILE", ascii("BZh"), ascii("1AY&SY")),
  LZ4("lz4-compressed", "lz4 -dc FILE", bytes(0x04, 0x22, 0x4d, 0x18)),
  SEVEN_ZIP("a 7-Zip archive", "7z x -so FILE", bytes('7', 'z', 0xbc, 0xaf, 0x27, 0x1c)),
  RAR("a RAR archive", "unrar p -inul FILE", ascii("Rar!\032\007")),
  PARQUET("Parquet", duckdb("read_parquet"), ascii("PAR1")),
  AVRO("Avro", "avro-tools tojson FILE", ascii("Obj\1")),
  ARROW("Arrow (Feather)", python("feather"), ascii("ARROW1")),
  XLS(
      "an old Excel workbook",
      "ssconvert -T Gnumeric_stf:stf_csv FILE fd://1",
      bytes(0xd0, 0xcf, 0x11, 0xe0)),
  UTF16_LITTLE("UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE", bytes(0xff, 0xfe)),
  UTF16_BIG("UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE", bytes(0xfe, 0xff));

  /** How many of the first bytes are looked at. */
  static final int HEAD = 16;

  /** The command for an Excel workbook, which is a zip file. */
  static final String XLSX =
      "is an Excel workbook: ssconvert -T Gnumeric_stf:stf_csv FILE fd://1 | gru4j ... -";

  private final String what;
  private final String command;
  private final byte[] magic;
  private final byte[] after; // one byte, any, stands between

  ForeignForm(String what, String command, byte[] magic) {
    this(what, command, magic, new byte[0]);
  }

  ForeignForm(String what, String command, byte[] magic, byte[] after) {
    this.what = what;
    this.command = command;
    this.magic = magic;
    this.after = after;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String duckdb(String function) {
    return "duckdb -csv -c \"SELECT * FROM " + function + "('FILE')\"";
  }

  private static String python(String form) {
    return "python3 -c \"import pandas, sys;"
        + (" pandas.read_" + form + "('FILE').to_csv(sys.stdout, index=False)\"");
  }

  /** What is wrong with a file that begins so, and what turns it into text; null if nothing is. */
  static String refusal(byte[] head, int length) {
    for (ForeignForm form : values()) {
      int rest = form.magic.length + 1;
      if (starts(head, length, 0, form.magic)
          && (form.after.length == 0 || starts(head, length, rest, form.after))) {
        return "is " + form.what + ", expected text in UTF-8: " + form.command + " | gru4j ... -";
      }
    }
    return null;
  }

  private static boolean starts(byte[] head, int length, int from, byte[] part) {
    int to = from + part.length;
    return to <= length && Arrays.equals(head, from, to, part, 0, part.length);
  }
}
