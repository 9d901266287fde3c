// The draft: a shape from the catalogue, its tables, and at the right the formula in Chinese as it is being written.
import { Alert, Button, DatePicker, Input, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useMemo, useState } from 'react'
import { faultText } from '../../../kernel/json_place.ts'
import { useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { confirm, toast } from '../../../ui/feedback.tsx'
import { tariff, type TariffDetail } from '../contract.ts'
import { describeTariff, parseTariff } from '../rules/index.ts'
import { words } from '../words.ts'
import { CATALOGUE, specOf } from './catalogue.ts'
import { SpecEditor, type Spec } from './SpecEditor.tsx'

interface Props {
  t: TariffDetail
  spec: Spec | undefined
  working: Spec | undefined
  setWorking: (s: Spec | undefined) => void
}

export function Formula({ spec, name }: { spec: Spec; name: string }) {
  const parsed = useMemo(() => parseTariff({ ...spec, name }), [spec, name])
  if (parsed.faults) {
    return (
      <Alert type="warning" title={`还有 ${parsed.faults.length} 处要填写或改正`} description={<ul className="tf-formula">{parsed.faults.slice(0, 12).map((f) => <li key={f.field + f.reason}>{f.field}:{f.reason}</li>)}</ul>} />
    )
  }
  return (
    <div className="hy-stack" role="status" aria-label="中文公式">
      {describeTariff(parsed.tariff).map((c) => <div key={c.code}><strong>{c.name}</strong><ul className="tf-formula">{c.lines.map((l) => <li key={l}>{l}</li>)}</ul></div>)}
    </div>
  )
}

function FileEditor({ spec, onChange }: { spec: Spec; onChange: (s: Spec) => void }) {
  const [text, setText] = useState(() => JSON.stringify(spec, null, 2))
  const [fault, setFault] = useState<string>()
  const read = (v: string) => {
    setText(v)
    try {
      const raw = JSON.parse(v) as unknown
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) setFault('价目文件应为一个 JSON 对象')
      else {
        setFault(undefined)
        onChange(specOf(raw as Spec))
      }
    } catch {
      setFault(`不是有效的 JSON${faultText(v)}`)
    }
  }
  return <div className="hy-stack"><Input.TextArea aria-label="价目文件" value={text} autoSize={{ minRows: 12, maxRows: 30 }} spellCheck={false} style={{ fontFamily: 'monospace' }} onChange={(e) => read(e.target.value)} />{fault ? <p className="hy-red">{fault}</p> : null}</div>
}

export function DraftTab({ t, spec, working, setWorking }: Props) {
  const save = useWrite(tariff.saveDraft, { done: '草稿已保存,请另一人发布' })
  const drop = useWrite(tariff.dropDraft, { done: '已放弃草稿' })
  const publish = useWrite(tariff.publishDraft, { done: '已发布' })
  const [from_on, setFrom] = useState(t.draft?.from_on ?? '')
  const [basis, setBasis] = useState(t.draft?.basis ?? '')
  const [form, setForm] = useState<'table' | 'file'>('table')
  const choose = async (shape: number) => {
    const x = CATALOGUE.find((c) => c.shape === shape)!
    if (working && !(await confirm({ title: '换成这个样例?', content: '未保存的修改会丢失。', ok: '换成样例' }))) return
    setWorking(specOf(x.tariff))
  }
  const saveNow = async () => {
    if (!spec) return
    if (!from_on || basis.trim() === '') return toast.warn('请填写生效日与依据')
    if (await save.run({ tariff_id: t.tariff_id, from_on, basis: basis.trim(), spec })) setWorking(undefined)
  }
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Select aria-label="从样例开始" style={{ width: 380 }} showSearch optionFilterProp="label" placeholder="从样例开始:34 种形状" value={null} options={CATALOGUE.map((c) => ({ value: c.shape, label: `${c.shape} ${c.title}` }))} onChange={(v: number) => void choose(v)} />
        <Segmented aria-label="编辑方式" value={form} options={[{ value: 'table', label: '表格' }, { value: 'file', label: '文件' }]} onChange={setForm} />
        {working ? <Button onClick={() => setWorking(undefined)}>撤销修改</Button> : null}
      </div>
      {spec ? (
        <div className="tf-shop">
          {form === 'table' ? <SpecEditor spec={spec} onChange={setWorking} /> : <FileEditor spec={spec} onChange={setWorking} />}
          <div className="hy-card hy-stack"><Formula spec={spec} name={t.name} /></div>
        </div>
      ) : <p className="hy-muted">还没有内容:从上面的样例中选一种,再改成自己的数字。</p>}
      {spec ? (
        <div className="hy-card hy-line">
          <label className="hy-line">生效日 <DatePicker aria-label="生效日" value={from_on ? dayjs(from_on) : null} onChange={(d) => setFrom(d ? d.format('YYYY-MM-DD') : '')} /></label>
          <label className="hy-line">依据 <Input aria-label="依据" style={{ width: 280 }} maxLength={200} placeholder="文号、合同条款或业主大会决定" value={basis} onChange={(e) => setBasis(e.target.value)} /></label>
          <CanButton type="primary" can={t.can.write} words={words} loading={save.running} onClick={() => void saveNow()}>保存草稿</CanButton>
          {t.draft ? <><CanButton can={t.can.write} words={words} danger loading={drop.running} onClick={async () => { if (await confirm({ title: '放弃草稿?', ok: '放弃', danger: true }) && (await drop.run({ tariff_id: t.tariff_id }))) setWorking(undefined) }}>放弃草稿</CanButton>
            <CanButton can={working ? 'tariff.draft_changed' : t.can.publish} words={words} loading={publish.running} onClick={async () => { if (await confirm({ title: `发布「${t.name}」自 ${t.draft!.from_on} 起的版本?`, content: `编制人 ${t.draft!.saved_by_name ?? ''}。发布后不能修改。`, ok: '发布' })) await publish.run({ tariff_id: t.tariff_id, hash: t.draft!.hash }) }}>发布</CanButton></> : null}
        </div>
      ) : null}
    </div>
  )
}
