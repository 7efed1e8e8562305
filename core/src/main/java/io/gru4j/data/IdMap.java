package io.gru4j.data;

import io.gru4j.file.OneLine;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * An immutable two-way map between ids, any non-empty text, and the numbers 0..size-1.
 *
 * <p>The ids are kept as UTF-8 in one array with a hash table of numbers beside it: some 12 bytes
 * and its own length for each id. All ids together take less than 2 GiB.
 */
public final class IdMap {
  private final byte[] text;
  private final int[] ends; // id i is [ends[i - 1], ends[i]) of the text
  private final int size;
  private final long seed; // of the hash; differs from map to map, and no result depends on it
  private final int[] table; // open addressing: number + 1, 0 where free; length a power of two

  private IdMap(byte[] text, int[] ends, int size, long seed, int[] table) {
    this.text = text;
    this.ends = ends;
    this.size = size;
    this.seed = seed;
    this.table = table;
  }

  /**
   * Makes a map in which the i-th id has number i.
   *
   * @param ids the ids
   * @return the map
   * @throws IllegalArgumentException if an id is empty, there twice or not sound Unicode
   */
  public static IdMap of(List<String> ids) {
    Builder builder = new Builder(ids.size());
    int i = 0;
    for (String id : ids) {
      byte[] bytes = utf8(id);
      if (bytes == null) {
        throw new IllegalArgumentException("ids[" + i + "] has an unpaired surrogate");
      }
      if (bytes.length == 0) {
        throw new IllegalArgumentException("ids[" + i + "] is empty");
      }
      int number = builder.add(bytes, 0, bytes.length);
      if (number != i) {
        throw new IllegalArgumentException(
            "ids[" + i + "] = " + OneLine.quoted(id) + " is there already as ids[" + number + "]");
      }
      i++;
    }
    return builder.build();
  }

  /**
   * Makes the map of items that have no ids of their own: their numbers serve as ids.
   *
   * @param size how many, at least 0
   * @return a map of the ids 0 to size - 1
   */
  public static IdMap ofNumbers(int size) {
    return of(IntStream.range(0, size).mapToObj(Integer::toString).toList());
  }

  /** The id in UTF-8, or null if it has an unpaired surrogate. */
  static byte[] utf8(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (Character.isSurrogate(id.charAt(i))) {
        return utf8OrNull(id);
      }
    }
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] utf8OrNull(String id) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(id));
      return Arrays.copyOf(bytes.array(), bytes.limit());
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * Returns the number of ids.
   *
   * @return the number of ids
   */
  public int size() {
    return size;
  }

  /**
   * Returns the id of a number.
   *
   * @param index in [0, size)
   * @return the id
   */
  public String idOf(int index) {
    Objects.checkIndex(index, size);
    int start = index == 0 ? 0 : ends[index - 1];
    return new String(text, start, ends[index] - start, StandardCharsets.UTF_8);
  }

  /**
   * Returns the number of an id.
   *
   * @param id any text
   * @return its number, or -1 if the id is unknown
   */
  public int indexOf(String id) {
    long hash = seed;
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c >= 0x80) {
        byte[] bytes = utf8(id);
        return bytes == null ? -1 : indexOf(bytes, 0, bytes.length);
      }
      hash = mix(hash, c);
    }
    return asciiIndexOf(id, finish(hash));
  }

  /** The search of {@link #find} for an id of ASCII, without a copy of it. */
  private int asciiIndexOf(String id, int hash) {
    int mask = table.length - 1;
    for (int slot = hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int number = table[slot] - 1;
      int start = number == 0 ? 0 : ends[number - 1];
      if (ends[number] - start == id.length()) {
        int i = 0;
        while (i < id.length() && text[start + i] == id.charAt(i)) {
          i++;
        }
        if (i == id.length()) {
          return number;
        }
      }
    }
    return -1;
  }

  /** As {@link #indexOf(String)}, for an id given in UTF-8. */
  int indexOf(byte[] bytes, int from, int to) {
    int slot = find(seed, table, text, ends, bytes, from, to);
    return table[slot] - 1;
  }

  /** Adds the id of a number to a map that is made; returns its number there. */
  int addTo(Builder other, int index) {
    return other.add(text, index == 0 ? 0 : ends[index - 1], ends[index]);
  }

  /** The length of the longest id, in bytes. */
  int longest() {
    int longest = 0;
    for (int i = 0; i < size; i++) {
      longest = Math.max(longest, ends[i] - (i == 0 ? 0 : ends[i - 1]));
    }
    return longest;
  }

  /** Appends an id's UTF-8 to bytes; returns where it ends. */
  int copy(int index, byte[] target, int at) {
    int start = index == 0 ? 0 : ends[index - 1];
    System.arraycopy(text, start, target, at, ends[index] - start);
    return at + ends[index] - start;
  }

  /**
   * Returns the ids in the order of their numbers.
   *
   * @return an unmodifiable view; each access creates a new string
   */
  public List<String> ids() {
    return new Ids(this);
  }

  private static final class Ids extends AbstractList<String> implements RandomAccess {
    private final IdMap map;

    Ids(IdMap map) {
      this.map = map;
    }

    @Override
    public String get(int index) {
      return map.idOf(index);
    }

    @Override
    public int size() {
      return map.size();
    }
  }

  /** The slot of an id, or the free one where it belongs. */
  private static int find(
      long seed, int[] table, byte[] text, int[] ends, byte[] bytes, int from, int to) {
    int mask = table.length - 1;
    int slot = hash(seed, bytes, from, to) & mask;
    while (table[slot] != 0) {
      int number = table[slot] - 1;
      int start = number == 0 ? 0 : ends[number - 1];
      if (Arrays.equals(text, start, ends[number], bytes, from, to)) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** For tests: how many slots the search for an id looks at, the one where it ends included. */
  int slotsSearched(String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    int first = hash(seed, bytes, 0, bytes.length);
    int last = find(seed, table, text, ends, bytes, 0, bytes.length);
    return (last - first & table.length - 1) + 1;
  }

  /**
   * A stranger may choose the ids, and ids with equal hashes make searches slow. The seed is
   * secret, and it is multiplied and folded in at every byte, so a stranger cannot find ids that
   * collide.
   */
  private static int hash(long seed, byte[] bytes, int from, int to) {
    long hash = seed;
    for (int i = from; i < to; i++) {
      hash = mix(hash, bytes[i] & 0xff);
    }
    return finish(hash);
  }

  private static long mix(long hash, int unsignedByte) {
    hash = (hash ^ unsignedByte) * 0x9e3779b97f4a7c15L; // 2^64 / golden ratio, odd
    return hash ^ hash >>> 32;
  }

  private static int finish(long hash) {
    return (int) (hash * 0x9e3779b97f4a7c15L >>> 32);
  }

  /** Two maps are equal if they have the same ids in the same order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof IdMap that
        && size == that.size
        && Arrays.equals(ends, that.ends)
        && Arrays.equals(text, that.text);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(text) + Arrays.hashCode(ends);
  }

  /** Returns the size, such as {@code IdMap(2933 ids)}. */
  @Override
  public String toString() {
    return "IdMap(" + size + (size == 1 ? " id)" : " ids)");
  }

  /** Numbers ids in the order they come. */
  static final class Builder {
    private final long seed = ThreadLocalRandom.current().nextLong();
    private byte[] text = new byte[256];
    private int[] ends;
    private int[] table;
    private int size;

    Builder() {
      this(0);
    }

    /** Makes a builder that need not grow for so many ids. */
    Builder(int expected) {
      ends = new int[Math.max(16, expected)];
      table = new int[Math.max(32, Integer.highestOneBit(Math.min(expected, 1 << 28)) * 4)];
    }

    /** Returns the number of an id, a new one if it was unknown. */
    int add(byte[] bytes, int from, int to) {
      int slot = find(seed, table, text, ends, bytes, from, to);
      if (table[slot] != 0) {
        return table[slot] - 1;
      }
      int start = size == 0 ? 0 : ends[size - 1];
      long end = (long) start + (to - from);
      if (end > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "IdMap: with the id of number %d all ids take %d bytes of UTF-8, at most %d fit"
                .formatted(size, end, Integer.MAX_VALUE - 8));
      }
      if (end > text.length) {
        text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 8, end + (end >> 1)));
      }
      System.arraycopy(bytes, from, text, start, to - from);
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, size + (size >> 1));
      }
      ends[size++] = (int) end;
      table[slot] = size;
      if (2L * size > table.length && table.length < 1 << 30) {
        rehash();
      }
      return size - 1;
    }

    private void rehash() {
      int[] larger = new int[2 * table.length];
      int mask = larger.length - 1;
      int start = 0;
      for (int number = 0; number < size; number++) {
        int slot = hash(seed, text, start, ends[number]) & mask;
        while (larger[slot] != 0) { // another id: all are different, so none is compared
          slot = (slot + 1) & mask;
        }
        larger[slot] = number + 1;
        start = ends[number];
      }
      table = larger;
    }

    int size() {
      return size;
    }

    /** Returns the map; the builder is not to be used afterwards. */
    IdMap build() {
      int length = size == 0 ? 0 : ends[size - 1];
      return new IdMap(Arrays.copyOf(text, length), Arrays.copyOf(ends, size), size, seed, table);
    }
  }
}
