package io.headrace.app;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.util.List;

/**
 * The code of a method that finds the case of a pattern switch: it takes the object and the first
 * case to look at, and returns the number of the first whose class the object is of, that behind
 * the last if there is none, or -1 for null.
 */
final class PlainSwitch {
  private PlainSwitch() {}

  static void write(CodeBuilder code, List<ConstantDesc> cases) {
    Label notNull = code.newLabel();
    code.aload(0).ifnonnull(notNull).iconst_m1().ireturn().labelBinding(notNull);
    for (int at = 0; at < cases.size(); at++) {
      Label next = code.newLabel();
      code.iload(1).loadConstant(at).if_icmpgt(next);
      code.aload(0).instanceOf((ClassDesc) cases.get(at)).ifeq(next);
      code.loadConstant(at).ireturn().labelBinding(next);
    }
    code.loadConstant(cases.size()).ireturn();
  }
}
