// A paper of the desk as a kind of template: what the slips have in common.
import type { Scope } from '../../../../kernel/scope.ts'
import type { FormKind } from '../../../forms/server/index.ts'
import { drawSlip, type Slip } from './slip.ts'

interface SlipKind {
  kind: string
  zh: string
  note: string
  subjects: FormKind['subjects']
  slip: (scope: Scope, subject_id: string) => Promise<Slip>
}
const example = (zh: string): Slip => ({
  company: '示例公司', title: zh, no: '示例-0001', facts: [['小区', '示例小区'], ['房号', '1-1-101'], ['交款人', '示例']], sections: [{ title: '示例内容', rows: [['金额', '0.00']] }], capitals: '人民币大写:零元整', remark: '还没有这种单据,用示例预览', signs: ['收款人', '交款人'], printed: '',
})
export const slipKind = (o: SlipKind): FormKind => ({
  kind: o.kind, zh: o.zh, note: o.note, sole: true, papers: { roll: 'slip_80mm', a4: 'slip_a4' }, columns: [], params: [],
  blocks: [{ key: 'signs', zh: '签字栏与印章' }, { key: 'printed', zh: '打印人与时间' }],
  subjects: o.subjects,
  draw: async (scope, subject_id, d) => drawSlip(subject_id ? await o.slip(scope, subject_id) : example(o.zh), d.print),
})
