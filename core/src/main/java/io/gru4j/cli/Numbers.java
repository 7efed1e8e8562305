package io.gru4j.cli;

import java.util.Locale;

/** Numbers as people read them, alike in every locale. */
final class Numbers {
  private Numbers() {}

  /** 17,794. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** 1 click, 2,933 clicks. */
  static String count(long n, String noun) {
    return count(n) + " " + noun + (n == 1 ? "" : "s");
  }

  /** 0.5807. */
  static String score(double x) {
    return String.format(Locale.ROOT, "%.4f", x);
  }

  /** 0.8 s, 42 s, 3 min 20 s, 2 h 5 min. */
  static String duration(double seconds) {
    if (!(seconds < 1e9)) {
      return "?";
    }
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s / 60 % 60 + " min";
  }

  /** 5.1 MB. */
  static String bytes(long n) {
    if (n < 1000) {
      return n + " bytes";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double x = n / 1e3;
    int unit = 0;
    while (x >= 999.95 && unit < units.length - 1) {
      x /= 1e3;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", x, units[unit]);
  }
}
