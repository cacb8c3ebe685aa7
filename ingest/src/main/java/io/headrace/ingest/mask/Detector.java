package io.headrace.ingest.mask;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds one kind of personal data in text by its form and, where it has one, its check digit. The
 * decimals of a number are none.
 */
enum Detector {
  EMAIL("[A-Za-z0-9._%+'-]{1,64}+@[A-Za-z0-9-]{1,63}+(?:\\.[A-Za-z0-9-]{1,63}+)+", found -> true),
  CARD("(?<![0-9])(?<![0-9][.,])[2-6](?:[ -]?[0-9]){12,18}+(?![0-9])", Detector::isCard),
  NATIONAL_ID(
      "(?<![A-Za-z0-9])(?<![0-9][.,])(?:"
          + "[0-9]{3}-[0-9]{2}-[0-9]{4}" // United States: social security number
          + "|[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]" // Britain
          + "|[0-9]{8}-?[A-HJ-NP-TV-Z]" // Spain: DNI
          + "|[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]" // Italy: codice fiscale
          + "|[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}" // France: NIR
          + ")(?![A-Za-z0-9])",
      Detector::isNationalId),
  IP(
      "(?<![0-9A-Za-z.:])(?:(?:[0-9]{1,3}\\.){3}[0-9]{1,3}"
          + "|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|(?:[0-9]{1,3}\\.){3}[0-9]{1,3}))"
          + "(?![0-9A-Za-z:]|\\.[0-9])",
      Detector::isAddress),
  PHONE(
      "(?<![0-9A-Za-z+])(?<![0-9]{4}[ -]|[0-9][.,])(?:(?:\\+|00)[1-9][0-9]{0,2}(?:[ ./-]?\\(?[0-9]{1,5}\\)?){2,6}"
          + "|\\(?0?[0-9]{2,4}\\)?[ ./-][0-9]{3,8}[ ./-][0-9]{3,5})(?![0-9A-Za-z]|[ -][0-9]{4})",
      Detector::isPhone);

  /** In an order in which none finds a part of what a later one would. */
  static final List<Detector> ALL = List.of(values());

  private final Pattern form;

  @SuppressWarnings("ImmutableEnumChecker") // no predicate has state
  private final Predicate<String> check;

  Detector(String form, Predicate<String> check) {
    this.form = Pattern.compile(form);
    this.check = check;
  }

  /** As settings name it. */
  String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Detector named(String code) {
    return Arrays.stream(values()).filter(d -> d.code().equals(code)).findFirst().orElseThrow();
  }

  boolean finds(String text) {
    return form.matcher(text).results().anyMatch(found -> check.test(found.group()));
  }

  /** {@code text} with something else in the place of all that is found. */
  String replaceIn(String text, UnaryOperator<String> instead) {
    var matcher = form.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    return matcher.replaceAll(
        (MatchResult found) ->
            Matcher.quoteReplacement(
                check.test(found.group()) ? instead.apply(found.group()) : found.group()));
  }

  private static String digits(String text) {
    return text.chars()
        .filter(c -> c >= '0' && c <= '9')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Luhn's check digit (ISO/IEC 7812-1), and a first digit that networks have. */
  private static boolean isCard(String found) {
    String digits = digits(found);
    if (digits.charAt(0) == '2' && digits.length() != 16) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighted = i % 2 == 0 ? digit : 2 * digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }

  private static boolean isNationalId(String found) {
    String plain = found.replace(" ", "").replace("-", "");
    if (plain.length() == 9 && Character.isDigit(plain.charAt(8))) {
      return !plain.startsWith("000") && !plain.startsWith("666") && plain.charAt(0) != '9';
    }
    if (plain.length() == 9 && Character.isDigit(plain.charAt(0))) {
      int number = Integer.parseInt(plain.substring(0, 8));
      return "TRWAGMYFPDXBNJZSQVHLCKE".charAt(number % 23) == plain.charAt(8);
    }
    if (plain.length() == 15 && Character.isDigit(plain.charAt(0))) {
      String number = plain.substring(0, 13).replace("2A", "19").replace("2B", "18");
      return number.chars().allMatch(Character::isDigit)
          && 97 - Long.parseLong(number) % 97 == Long.parseLong(plain.substring(13));
    }
    return true;
  }

  private static boolean isAddress(String found) {
    try {
      InetAddress.ofLiteral(found);
      return found.length() > 2;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isPhone(String found) {
    int digits = digits(found).length();
    return digits >= 8 && digits <= 15;
  }
}
