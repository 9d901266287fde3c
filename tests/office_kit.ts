// What tests of office stand on: the posts of the tiny world with people in them, and rules written and agreed by two.
import { ALL_ID, office, type Target } from '../src/modules/office/contract.ts'
import type { In } from '../src/kernel/contract.ts'
import { system } from '../src/modules/system/contract.ts'
import type { Caller, TestApp } from './harness.ts'

export type Draft = In<typeof office.saveDraft.takes>
export const EVERYBODY: Target[] = [{ kind: 'all', target_id: ALL_ID }]
export const classOf = async (t: TestApp, name = '工程维修规程'): Promise<string> => {
  await t.as('admin')(office.addUsualClasses, {})
  return (await t.as('admin')(office.classes, {})).rows.find((k) => k.name === name)!.class_id
}
export const draftOf = (class_id: string, o: Partial<Draft> = {}): Draft => ({ community_id: null, class_id, title: '漏水抢修规程', body: '# 一、准备\n关闭总阀\n携带工具', change_note: '首次制定', from_on: '2026-03-05', must_confirm: true, targets: EVERYBODY, file_ids: [], ...o })
export async function agree(writer: Caller, decider: Caller, doc_id: string): Promise<void> {
  const { approval_id } = await writer(office.submitDraft, { doc_id })
  await decider(system.decideApproval, { approval_id, step_no: 1, decision: 'agree', note: '同意' })
}
