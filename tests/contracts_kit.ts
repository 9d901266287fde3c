// What tests of contracts stand on: a person with files of their own, and a contract carried to where a test begins.
import { Readable } from 'node:stream'
import { saveUpload } from '../src/kernel/files.ts'
import { contracts } from '../src/modules/contracts/contract.ts'
import type { Caller, TestApp } from './harness.ts'

export type Hand = Caller & { account_id: string; token: string }
export async function fileOf(t: TestApp, who: { token: string }, purpose = 'contract', text = '%PDF-1.4\n'): Promise<string> {
  const known = (await t.app.whoIs(who.token, { ip: null, agent: 'test', face: 'api' }))!
  return (await saveUpload(t.app, known, { purpose, name: '合同.pdf', body: Readable.from([Buffer.from(text)]) })).file_id
}
export async function kindId(as: Caller, code: string): Promise<string> {
  return (await as(contracts.kinds, {})).rows.find((k) => k.code === code)!.kind_id
}
const PARTIES = [{ side: 'a' as const, name: '花园小区业主大会' }, { side: 'b' as const, name: '安居物业' }]
export interface ContractIn { kind?: string; title?: string; from_on?: string; to_on?: string | null; amount_fen?: number | null; parties?: { side: 'a' | 'b' | 'c'; name?: string; person_id?: string | null }[]; house_ids?: string[]; community_id?: string | null }
export async function draftOf(as: Hand, community_id: string | null, o: ContractIn = {}): Promise<{ contract_id: string; no: string }> {
  return as(contracts.saveContract, { kind_id: await kindId(as, o.kind ?? 'service'), community_id: o.community_id === undefined ? community_id : o.community_id, title: o.title ?? '物业服务合同', from_on: o.from_on ?? '2026-01-01', to_on: o.to_on === undefined ? '2026-12-31' : o.to_on, amount_fen: o.amount_fen ?? null, keeper_id: as.account_id, parties: o.parties ?? PARTIES, house_ids: o.house_ids ?? [] })
}
/** Signed and in force. */
export async function inForce(t: TestApp, as: Hand, community_id: string, o: ContractIn = {}): Promise<string> {
  const { contract_id } = await draftOf(as, community_id, o)
  await as(contracts.submitContract, { contract_id })
  await as(contracts.signContract, { contract_id, signed_on: '2026-01-01', file_id: await fileOf(t, as) })
  return contract_id
}
