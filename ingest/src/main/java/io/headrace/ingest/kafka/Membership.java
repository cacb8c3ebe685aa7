package io.headrace.ingest.kafka;

import io.headrace.ingest.GroupMember;

/** For whom a source reads: a model, and who learns for it. Immutable. */
record Membership(String lineage, GroupMember.Learner learner) {}
