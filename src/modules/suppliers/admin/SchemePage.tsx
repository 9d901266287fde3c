// 供应商评价办法: items with weights of a hundred, grades by their lowest score, the days before a qualification runs out; each version from a day on.
import { Button, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { LadderInput } from '../../contracts/admin/shared.tsx'
import { suppliers } from '../contract.ts'

interface Pair { name: string; n: number | null }
function PairsInput({ value, onChange, what, number, read, write }: Control & { what: string; number: string; read: (v: unknown) => Pair[]; write: (list: Pair[]) => unknown }) {
  const list = read(value ?? [])
  const set = (i: number, part: Partial<Pair>): void => onChange?.(write(list.map((p, k) => (k === i ? { ...p, ...part } : p))))
  return (
    <div className="hy-stack">
      {list.map((p, i) => <div key={i} className="hy-line"><Input aria-label={`第 ${i + 1} 个${what}`} style={{ width: 180 }} maxLength={20} value={p.name} onChange={(e) => set(i, { name: e.target.value })} /><InputNumber aria-label={`第 ${i + 1} 个${what}的${number}`} min={0} max={100} precision={0} value={p.n} onChange={(n) => set(i, { n })} /><Button size="small" type="text" aria-label={`删去第 ${i + 1} 个${what}`} onClick={() => onChange?.(write(list.filter((_, k) => k !== i)))}>删去</Button></div>)}
      <div><Button size="small" onClick={() => onChange?.(write([...list, { name: '', n: null }]))}>加一个</Button></div>
    </div>
  )
}
export default function SchemePage() {
  const writes = useMay()('suppliers.setup.write')
  const q = useRead(suppliers.scheme, {})
  const save = useWrite(suppliers.publishScheme, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState(false)
  const close = (): void => { setOpen(false); save.reset() }
  const now = q.data?.now
  return (
    <ReadPage title="供应商评价办法" loading={q.loading} error={q.error} retry={q.retry} actions={writes && now ? <Button type="primary" onClick={() => setOpen(true)}>发布新办法</Button> : null}>
      {now ? <Facts facts={[['生效', now.from_on === '2000-01-01' ? '初始办法' : `${now.from_on} 起`], ['评价项目(权重)', now.items.map((i) => `${i.name} ${i.weight}`).join(';')], ['等级(最低分)', now.grades.map((g) => `${g.name} ${g.from_score}`).join(';')], ['资质到期前提醒', `${now.ladder.join('、')} 天,到期当天和过期后各再一次`], ['依据', now.basis], ['下一版', q.data?.next_from_on ? `${q.data.next_from_on} 起` : null]]} /> : null}
      {open && now ? <FormDrawer open onClose={close} title="发布供应商评价办法" submit="发布" call={suppliers.publishScheme} loading={save.running} submitError={save.error} fields={['from_on', { name: 'items', wide: true, help: '权重合计 100', control: (c) => <PairsInput {...c} what="项目" number="权重" read={(v) => (v as { name: string; weight: number | null }[]).map((x) => ({ name: x.name, n: x.weight }))} write={(l) => l.map((x) => ({ name: x.name, weight: x.n }))} /> }, { name: 'grades', wide: true, help: '最低一级从 0 分起', control: (c) => <PairsInput {...c} what="等级" number="最低分" read={(v) => (v as { name: string; from_score: number | null }[]).map((x) => ({ name: x.name, n: x.from_score }))} write={(l) => l.map((x) => ({ name: x.name, from_score: x.n }))} /> }, { name: 'ladder', wide: true, control: (c) => <LadderInput {...c} /> }, 'basis']} initial={{ ...now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }} /> : null}
    </ReadPage>
  )
}
