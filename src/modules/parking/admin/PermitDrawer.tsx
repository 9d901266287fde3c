// 登记车辆授权: plates, places, house, days.
import { Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { HousePicker } from '../../people/admin/shared.tsx'
import { parking, type PermitDetail } from '../contract.ts'
import { words } from '../words.ts'

export function PlatesInput({ value, onChange, id }: Control) {
  return <Select mode="tags" {...(id ? { id } : {})} aria-label="车牌" tokenSeparators={[',', ',', '、', ' ']} open={false} suffixIcon={null} placeholder="输入车牌后回车,可多个" value={(value as string[] | undefined) ?? []} onChange={(v: string[]) => onChange?.(v.map((x) => x.toUpperCase()))} />
}
export function PermitDrawer({ row, lots, close }: { row?: PermitDetail; lots: readonly { lot_id: string; name: string }[]; close: () => void }) {
  const go = useGo()
  const save = useWrite(parking.savePermit, { in_form: true, done: '已保存' })
  const [kind, setKind] = useState<string>(row?.kind ?? 'monthly')
  return (
    <FormDrawer
      open onClose={close} columns={2} title={row ? `修改 ${row.holder_name} 的授权` : '登记车辆授权'} call={parking.savePermit} loading={save.running} submitError={save.error} words={{ kind: words.states!['permit_kind'] }}
      note={<p className="hy-muted">{kind === 'monthly' ? '月租:保存后到详情里「续期出账」,账单缴清后生效。' : kind === 'black' ? '黑名单:写明原因;欠费不能作为原因。' : '产权、租用车位按起止日生效;同户多车填车位数,超出的按规则处理。'}</p>}
      fields={[
        { name: 'lot_id', kind: 'select', options: lots.map((l) => ({ value: l.lot_id, label: l.name })) }, 'kind', { name: 'plates', wide: true, control: (c) => <PlatesInput {...c} /> }, 'places', { name: 'house_id', control: (c) => <HousePicker {...c} {...(row?.house_label ? { label: row.house_label } : {})} /> }, 'holder_name', { name: 'holder_phone', help: row ? '不改留空' : '到期前提醒发到这里' }, 'card_no', 'from_on', { name: 'to_on', help: '不填为长期' }, { name: 'reason', wide: true },
      ]}
      follows={(changed) => { if (typeof changed['kind'] === 'string') setKind(changed['kind']); return undefined }}
      fixed={row ? { permit_id: row.permit_id } : {}}
      initial={{ ...(row ? { lot_id: row.lot_id, house_id: row.house_id } : { house_id: null, ...(lots[0] ? { lot_id: lots[0].lot_id } : {}) }), kind: row?.kind ?? 'monthly', plates: row?.plates ?? [], places: row?.places ?? 1, holder_name: row?.holder_name ?? '', holder_phone: null, card_no: row?.card_no ?? null, from_on: row?.from_on ?? today(), to_on: row?.to_on ?? null, reason: row?.reason ?? null }}
      onSubmit={async (i) => { const done = await save.run(i); if (done) { close(); if (!row) go(`/parking/permits/${done.permit_id}`) } }}
    />
  )
}
