// 发布车场规则: a version from a day on, begun from the one in force.
import { Button, TimePicker } from 'antd'
import dayjs from 'dayjs'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { tariff } from '../../tariff/contract.ts'
import { parking, type LotDetail, type LotRule } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

type Closed = { from: string; to: string }
export const closedText = (list: readonly Closed[]): string => list.map((w) => `${w.from}–${w.from > w.to ? '次日 ' : ''}${w.to}`).join('、') || '不限'
const HOURS_MAX = 6

/** `tried`: values from a trial, instead of those in force. */
export function RuleDrawer({ l, tried, close }: { l: LotDetail; tried?: Partial<LotRule>; close: () => void }) {
  const save = useWrite(parking.publishRule, { in_form: true, done: '已发布' })
  const tariffs = useRead(tariff.tariffs, { community_id: l.community_id }, { stale_ms: 30_000 })
  const r = l.rule
  const preset = useRead(parking.lotPreset, {}, { enabled: !r, stale_ms: 0 })
  const { rule_id: _id, ...now } = r ?? { rule_id: '' }
  const { basis, ...begin } = preset.data?.now ?? { basis: '' }
  if (!r && !preset.data) return null
  return (
    <FormDrawer
      open onClose={close} columns={2} title={`${l.name}:发布规则`} submit="发布" call={parking.publishRule} loading={save.running} submitError={save.error} words={{ overflow: words.states!['overflow'] }}
      note={<p className="hy-muted">从生效日起入场的按新规则;已在场的车按入场那天的版本计费。{r ? '' : `首次发布,已按公司默认规则填好,请逐项核对。${basis}`}</p>}
      fields={[
        'from_on', 'capacity', { name: 'reserved', help: '业主不在场时,这些位置不放临时车' }, { name: 'tariff_id', kind: 'select', options: (tariffs.data?.rows ?? []).filter((t) => t.version_count > 0).map((t) => ({ value: t.tariff_id, label: t.name })), help: '不选为不收临停费;价目在「价格工坊」发布' },
        { name: 'closed', wide: true, control: (c) => <Hours {...c} /> }, 'visitors_when_closed', 'full_stop', { name: 'overflow', help: '车位空出:同户占着车位的车离场,由等得最久的一辆接着用' }, { name: 'refused_kinds', kind: 'many', options: (['large', 'motorbike', 'new_energy', 'no_plate'] as const).map((v) => ({ value: v, label: said('vehicle', v) })) }, { name: 'window_s', help: '同一通道同一车牌在这段时间内只算一次' },
        'no_entry_fen', 'lost_card_fen', 'remind_days', { name: 'max_height_cm', help: '岗亭和扫码页提示;超高的登记拒入' }, 'max_weight_kg', { name: 'keep_days', help: '超过后自动删除照片并隐去车牌' }, { name: 'note', wide: true },
      ]}
      fixed={{ lot_id: l.lot_id }}
      initial={{ reserved: 0, tariff_id: null, refused_kinds: [], no_entry_fen: 0, max_height_cm: null, max_weight_kg: null, note: null, ...begin, ...now, ...tried, from_on: today() }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

/** 新车场默认规则: from a day on, with its reason. */
export function PresetDrawer({ close }: { close: () => void }) {
  const save = useWrite(parking.saveLotPreset, { in_form: true, done: '已保存' })
  const preset = useRead(parking.lotPreset, {}, { stale_ms: 0 })
  if (!preset.data) return null
  return (
    <FormDrawer
      open onClose={close} columns={2} title="新车场默认规则" call={parking.saveLotPreset} loading={save.running} submitError={save.error} words={{ overflow: words.states!['overflow'] }}
      note={<p className="hy-muted">只用来填好新车场的第一次规则,已发布的规则不变。{preset.data.next_from_on ? `${preset.data.next_from_on} 起另有新的默认规则。` : ''}</p>}
      fields={['from_on', { name: 'overflow', help: '没有统一规定,按业主大会决议或租用合同' }, { name: 'closed', wide: true, control: (c) => <Hours {...c} /> }, 'visitors_when_closed', 'full_stop', 'window_s', 'lost_card_fen', 'remind_days', 'keep_days', { name: 'basis', kind: 'area', wide: true, help: '决议、合同或手册的名称和条款' }]}
      initial={{ ...preset.data.now, from_on: today() }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

export function Hours({ value, onChange }: Control) {
  const list = (value as Closed[] | undefined) ?? []
  const at = (t: string) => dayjs(`2000-01-01T${t}`)
  const set = (i: number, w: Closed | null): void => onChange?.(list.flatMap((x, j) => (j === i ? (w ? [w] : []) : [x])))
  return (
    <div className="hy-stack">
      {list.map((w, i) => (
        <span key={i} className="hy-line">
          <TimePicker format="HH:mm" allowClear={false} value={at(w.from)} aria-label={`第 ${i + 1} 段起`} onChange={(v) => { if (v) set(i, { ...w, from: v.format('HH:mm') }) }} /> 至 <TimePicker format="HH:mm" allowClear={false} value={at(w.to)} aria-label={`第 ${i + 1} 段止`} onChange={(v) => { if (v) set(i, { ...w, to: v.format('HH:mm') }) }} />
          <Button size="small" onClick={() => set(i, null)}>移除</Button>
        </span>
      ))}
      {list.length < HOURS_MAX ? <Button size="small" onClick={() => onChange?.([...list, { from: '12:00', to: '15:00' }])}>增加时段</Button> : null}
    </div>
  )
}
