// Drafting a contract, and rewriting it while it is a draft.
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { usePlace, useSession } from '../../../ui/session.ts'
import { contracts, type ContractFull } from '../contract.ts'
import { HousesInput, PartiesInput } from './inputs.tsx'

const ALL = ''
export function ContractDrawer({ row, close }: { row?: ContractFull; close: () => void }) {
  const { place_id, places } = usePlace()
  const me = useSession()
  const go = useGo()
  const save = useWrite(contracts.saveContract, { in_form: true, done: (a) => `已保存 ${a.no}` })
  const kinds = useRead(contracts.kinds, {}, { stale_ms: 60_000 })
  const [community_id, setCommunity] = useState<string | null>(row ? row.community_id : (place_id ?? (places.length === 1 ? places[0]!.id : null)))
  const [kind_id, setKind] = useState(row?.kind_id)
  const staff = useRead(contracts.people, { community_id }, { stale_ms: 60_000 })
  const kind = kinds.data?.rows.find((k) => k.kind_id === kind_id)
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.no}` : '起草合同'} call={contracts.saveContract} loading={save.running} submitError={save.error}
      note={kind ? <p className="hy-muted">{[kind.rule.needs_approval ? '送签前须审批' : null, `到期前 ${kind.rule.ladder.join('、')} 天提醒责任人`, kind.signed_by === 'parties' ? null : '逐户签署:不列房产按全体计,列了房产按列明的计', `依据:${kind.rule.basis}`].filter(Boolean).join(';')}</p> : null}
      fields={[
        { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).filter((k) => !k.retired || k.kind_id === row?.kind_id).map((k) => ({ value: k.kind_id, label: k.name })) },
        { name: 'community_id', kind: 'select', needed: true, options: [{ value: ALL, label: '全公司' }, ...places.map((p) => ({ value: p.id, label: p.name }))], send: (v) => (v === ALL ? null : v) },
        { name: 'title', wide: true, placeholder: '如 花园小区物业服务合同(2026–2028)' }, 'from_on', { name: 'to_on', help: '含当天;不定期的不填' }, { name: 'amount_fen', help: '没有金额的不填' }, { name: 'keeper_id', kind: 'select', options: (staff.data?.rows ?? []).map((p) => ({ value: p.account_id, label: p.post ? `${p.name}(${p.post})` : p.name })), help: '到期提醒发给他' },
        { name: 'pay_terms', wide: true, placeholder: '如 按季支付,每季首月 10 日前' },
        { name: 'parties', wide: true, control: (c) => <PartiesInput {...c} />, send: (v) => ((v ?? []) as { side: string; name: string; person_id: string | null }[]).map((p) => ({ side: p.side, name: p.name, person_id: p.person_id || null })) },
        { name: 'house_ids', wide: true, control: (c) => <HousesInput {...c} community_id={community_id} known={row?.houses ?? []} />, send: (v) => v ?? [] }, { name: 'note', wide: true },
      ]}
      follows={(changed) => {
        if ('kind_id' in changed) setKind(changed['kind_id'] as string)
        if (!('community_id' in changed)) return undefined
        setCommunity((changed['community_id'] as string) || null)
        return { house_ids: [] }
      }}
      fixed={row ? { contract_id: row.contract_id } : undefined}
      initial={row
        ? { kind_id: row.kind_id, community_id: row.community_id ?? ALL, title: row.title, from_on: row.from_on, to_on: row.to_on, amount_fen: row.amount_fen, pay_terms: row.pay_terms, keeper_id: row.keeper_id, note: row.note, parties: row.parties, house_ids: row.houses.map((h) => h.house_id) }
        : { ...(community_id ? { community_id } : {}), from_on: today(), to_on: null, amount_fen: null, pay_terms: null, note: null, keeper_id: me.account_id ?? '', parties: [{ side: 'a', name: '', person_id: null }, { side: 'b', name: '', person_id: null }], house_ids: [] }}
      onSubmit={async (i) => {
        const made = await save.run(i)
        if (!made) return
        close()
        if (!row) go(`/contracts/list/${made.contract_id}`)
      }}
    />
  )
}
