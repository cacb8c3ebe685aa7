package io.headrace.ingest.push;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The receipts of the last requests that had a key, oldest first. Thread-safe. */
final class RememberedKeys {
  /** A key and what was answered to it. */
  record Remembered(String key, Receipt receipt) {}

  private final int most;
  private final LinkedHashMap<String, Receipt> receipts = new LinkedHashMap<>();

  RememberedKeys(int most) {
    this.most = most;
  }

  /** Remembers a request; one without a key it does not. */
  synchronized void add(String key, Receipt receipt) {
    if (key.isEmpty() || most == 0) {
      return;
    }
    receipts.putLast(key, receipt);
    if (receipts.size() > most) {
      receipts.pollFirstEntry();
    }
  }

  synchronized @Nullable Receipt find(String key) {
    return receipts.get(key);
  }

  synchronized List<Remembered> all() {
    List<Remembered> all = new ArrayList<>(receipts.size());
    for (Map.Entry<String, Receipt> entry : receipts.entrySet()) {
      all.add(new Remembered(entry.getKey(), entry.getValue()));
    }
    return all;
  }
}
