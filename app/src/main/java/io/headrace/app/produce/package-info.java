/**
 * Pushes the records of a file to a topic, as a producer of labelled samples would. Start at {@link
 * io.headrace.app.produce.SampleProducer}.
 */
@NullMarked
package io.headrace.app.produce;

import org.jspecify.annotations.NullMarked;
