// Forms of sharing: the rule of a group, the houses set apart, the draft of a month.
import { Alert, Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { HousePicker } from '../../people/admin/shared.tsx'
import { meters, type ShareGroupRow, type ShareRuleRow } from '../contract.ts'
import { words } from '../words.ts'
import { PointPicker, say } from './shared.tsx'

export const SPLIT_TONES = { draft: 'warn', published: 'good', void: 'plain' } as const
type Band = ShareRuleRow['floors'][number]
type Source = { point_id: string; take: 'usage' | 'less' | 'loss' }

/** Coefficients by floor: typed as lines, or made for a lift that counts more the higher it goes. */
function FloorBands({ value, onChange }: Control) {
  const bands = (value as Band[] | undefined) ?? []
  const [from, setFrom] = useState(2)
  const [to, setTo] = useState(18)
  const [step, setStep] = useState(0.1)
  const set = (i: number, change: Partial<Band>) => onChange?.(bands.map((b, n) => (n === i ? { ...b, ...change } : b)))
  const grow = () => onChange?.([{ from_floor: -3, to_floor: from - 1, coefficient: '0' }, ...Array.from({ length: Math.max(0, Math.min(to, from + 90) - from + 1) }, (_, n) => ({ from_floor: from + n, to_floor: from + n, coefficient: String((10_000 + n * Math.round(step * 10_000)) / 10_000) }))])
  return (
    <div className="hy-stack">
      {bands.length === 0 ? <span className="hy-muted">各层系数都是 1</span> : (
        <div style={{ maxHeight: 220, overflow: 'auto' }} className="hy-stack">
          {bands.map((b, i) => (
            <div key={`${b.from_floor} ${i}`} className="hy-line">
              <InputNumber size="small" aria-label={`第 ${i + 1} 段起始层`} value={b.from_floor} onChange={(v) => set(i, { from_floor: v ?? 1 })} style={{ width: 70 }} />至
              <InputNumber size="small" aria-label={`第 ${i + 1} 段止层`} value={b.to_floor} onChange={(v) => set(i, { to_floor: v ?? 1 })} style={{ width: 70 }} />层 系数
              <Input size="small" aria-label={`第 ${i + 1} 段系数`} value={b.coefficient} onChange={(e) => set(i, { coefficient: e.target.value.trim() })} style={{ width: 90 }} />
              <Button size="small" type="text" aria-label={`删除第 ${i + 1} 段`} onClick={() => onChange?.(bands.filter((_, n) => n !== i))}>删除</Button>
            </div>
          ))}
        </div>
      )}
      <div className="hy-line">
        <Button size="small" onClick={() => onChange?.([...bands, { from_floor: 1, to_floor: 1, coefficient: '0' }])}>加一段</Button>
        <span className="hy-muted">或:第</span><InputNumber size="small" aria-label="起计层" value={from} min={1} max={99} onChange={(v) => setFrom(v ?? 2)} style={{ width: 60 }} /><span className="hy-muted">层起为 1,到</span><InputNumber size="small" aria-label="最高层" value={to} min={1} max={150} onChange={(v) => setTo(v ?? 18)} style={{ width: 60 }} /><span className="hy-muted">层,每层加</span>
        <InputNumber size="small" aria-label="每层加" value={step} min={0} max={10} step={0.05} onChange={(v) => setStep(v ?? 0)} style={{ width: 70 }} /><Button size="small" onClick={grow}>生成</Button>
      </div>
    </div>
  )
}

function Sources({ value, onChange, community_id, names }: Control & { community_id: string; names: Readonly<Record<string, string>> }) {
  const list = (value as Source[] | undefined) ?? []
  const set = (i: number, change: Partial<Source>) => onChange?.(list.map((s, n) => (n === i ? { ...s, ...change } : s)))
  return (
    <div className="hy-stack">
      {list.map((s, i) => (
        <div key={`${s.point_id} ${i}`} className="hy-line" style={{ flexWrap: 'nowrap' }}>
          <Select aria-label={`第 ${i + 1} 块表的取法`} style={{ width: 240, flex: 'none' }} value={s.take} options={(['usage', 'less', 'loss'] as const).map((v) => ({ value: v, label: say('share_take', v) }))} onChange={(take) => set(i, { take })} />
          <PointPicker value={s.point_id || null} onChange={(v) => set(i, { point_id: (v as string | null) ?? '' })} community_id={community_id} shown={names[s.point_id]} label={`第 ${i + 1} 块表`} />
          <Button type="text" aria-label={`删除第 ${i + 1} 块表`} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删除</Button>
        </div>
      ))}
      <div><Button size="small" onClick={() => onChange?.([...list, { point_id: '', take: 'usage' }])}>加一块表</Button></div>
    </div>
  )
}

export function RuleDrawer({ g, rule, close }: { g: Pick<ShareGroupRow, 'group_id' | 'name' | 'community_id'>; rule: ShareRuleRow | undefined; close: () => void }) {
  const save = useWrite(meters.publishShareRule, { in_form: true, done: '规则已发布' })
  return (
    <FormDrawer
      open onClose={close} title={`${g.name}:新的规则版本`} call={meters.publishShareRule} loading={save.running} submitError={save.error} submit="发布规则" columns={2}
      words={{ method: words.states?.['share_method'], area_kind: words.states?.['area_kind'], usage_kind: words.states?.['meter_kind'], source: words.states?.['share_source'] }}
      fields={[
        'from_on', { name: 'method', kind: 'select' },
        { name: 'area_kind', kind: 'select', when: (v) => v['method'] === 'area' }, { name: 'usage_kind', kind: 'select', label: '按哪种表的用量', when: (v) => v['method'] === 'usage' },
        { name: 'source', kind: 'select' }, { name: 'unit_price', kind: 'decimal', when: (v) => v['source'] === 'price' },
        { name: 'vacant_percent', kind: 'decimal', help: '100 为照常分摊,0 为不分摊' }, { name: 'unsold_percent', kind: 'decimal', help: '由开发商承担的百分比' },
        { name: 'sources', wide: true, send: (v) => ((v as Source[] | undefined) ?? []).filter((s) => s.point_id), control: (c) => <Sources {...c} community_id={g.community_id} names={Object.fromEntries((rule?.sources ?? []).map((s) => [s.point_id, s.name]))} />, help: '「总分表之差」把总表与分表之间的公共用量和损耗一起分摊;不含损耗则直接选公用表' },
        { name: 'floors', wide: true, control: (c) => <FloorBands {...c} />, help: '如电梯:首层不摊,逐层递增' },
        { name: 'basis', wide: true, placeholder: '如 物业服务合同第 12 条、业主大会决定' },
      ]}
      fixed={{ group_id: g.group_id }}
      initial={rule ? { from_on: today(), method: rule.method, area_kind: rule.area_kind, usage_kind: rule.usage_kind, source: rule.source, unit_price: rule.unit_price, vacant_percent: rule.vacant_percent, unsold_percent: rule.unsold_percent, sources: rule.sources.map((s) => ({ point_id: s.point_id, take: s.take })), floors: rule.floors, basis: rule.basis } : { from_on: `${today().slice(0, 7)}-01`, method: 'area', area_kind: 'built', source: 'price', vacant_percent: '100', unsold_percent: '100', sources: [{ point_id: '', take: 'usage' }], floors: [] }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

type Member = { house_id: string; coefficient: string; from_on: string }
export function MemberDrawer({ g, weight, close }: { g: Pick<ShareGroupRow, 'group_id' | 'name'>; weight: boolean; close: () => void }) {
  const save = useWrite(meters.setShareMembers, { in_form: true, done: '已保存' })
  const word = weight ? '权重' : '系数'
  return (
    <FormDrawer
      open onClose={close} title={`${g.name}:设定户的${word}`} call={meters.setShareMembers} loading={save.running} submitError={save.error}
      note={<Alert type="info" showIcon style={{ marginBottom: 12 }} title={weight ? '按指定权重分摊:只有设定了权重的户参加。' : '系数乘在面积、户数或用量上;0 为不参加。'} />}
      fields={[{ name: 'rows', label: `户与${word}`, wide: true, send: (v) => ((v as Member[] | undefined) ?? []).filter((m) => m.house_id), control: (c) => <Members {...c} word={word} /> }]}
      fixed={{ group_id: g.group_id }} initial={{ rows: [{ house_id: '', coefficient: weight ? '1' : '0', from_on: `${today().slice(0, 7)}-01` }] }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function Members({ value, onChange, word }: Control & { word: string }) {
  const list = (value as Member[] | undefined) ?? []
  const set = (i: number, change: Partial<Member>) => onChange?.(list.map((m, n) => (n === i ? { ...m, ...change } : m)))
  return (
    <div className="hy-stack">
      {list.map((m, i) => (
        <div key={i} className="hy-line" style={{ flexWrap: 'nowrap' }}>
          <div style={{ flex: 1, minWidth: 0 }}><HousePicker value={m.house_id} onChange={(v: unknown) => set(i, { house_id: (v as string | undefined) ?? '' })} /></div>
          <Input aria-label={`第 ${i + 1} 户的${word}`} style={{ width: 90, flex: 'none' }} value={m.coefficient} onChange={(e) => set(i, { coefficient: e.target.value.trim() })} />
          <Input type="date" aria-label={`第 ${i + 1} 户的起始日`} style={{ width: 150, flex: 'none' }} value={m.from_on} onChange={(e) => set(i, { from_on: e.target.value })} />
          <Button type="text" aria-label={`删除第 ${i + 1} 户`} onClick={() => onChange?.(list.filter((_, n) => n !== i))}>删除</Button>
        </div>
      ))}
      <div><Button size="small" onClick={() => onChange?.([...list, { house_id: '', coefficient: list.at(-1)?.coefficient ?? '1', from_on: list.at(-1)?.from_on ?? today() }])}>加一户</Button></div>
    </div>
  )
}

export function DraftDrawer({ group_id, name, source, period, close }: { group_id: string; name: string; source: 'price' | 'invoice'; period?: string; close: () => void }) {
  const go = useGo()
  const draft = useWrite(meters.draftSplit, { in_form: true })
  return (
    <FormDrawer
      open onClose={close} title={`${name}:公摊试算`} call={meters.draftSplit} loading={draft.running} submitError={draft.error} submit="试算"
      note={<p className="hy-muted">试算不产生账单;核对后由另一人出账。</p>}
      fields={[{ name: 'period', kind: 'month' }, ...(source === 'invoice' ? ['total_fen' as const, 'invoice_no' as const] : [])]}
      fixed={{ group_id }} initial={{ period: period ?? today().slice(0, 7) }} onSubmit={async (i) => { const a = await draft.run(i); if (a) { close(); go(`/meters/splits/${a.split_id}`) } }}
    />
  )
}
