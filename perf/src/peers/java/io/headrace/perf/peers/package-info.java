/**
 * Ours and PyTorch side by side: the same networks, weights and batches, by turns in one process.
 * Compiled with the Maven profile {@code peers} only, which fetches libtorch. Start at {@link
 * io.headrace.perf.peers.PeerRig}.
 */
@NullMarked
package io.headrace.perf.peers;

import org.jspecify.annotations.NullMarked;
