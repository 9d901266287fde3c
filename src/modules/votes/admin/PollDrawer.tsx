// 起草: a vote and its motions, a draft only; once it is posted nothing changes any more.
import { Alert, Button, Drawer, Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import type { In } from '../../../kernel/contract.ts'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { optionsOf } from '../../../ui/list.ts'
import { faultAt } from '../../../ui/ContractForm.tsx'
import { MomentInput } from '../../../ui/MomentInput.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { votes, type Matter } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof votes.poll.gives>
type Draft = In<typeof votes.savePoll.takes>
type Motion = Draft['motions'][number] & { file_name?: string }
const EMPTY: Motion = { matter: 'other', title: '', body: '', file_id: null }
const moment = (day: string, time: string): string => new Date(`${day}T${time}:00+08:00`).toISOString()

export function PollDrawer({ row, close, done }: { row?: Row; close: () => void; done?: (poll_id: string) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(votes.savePoll, { in_form: true, done: '已保存草稿' })
  const [community_id, setCommunity] = useState(row?.community_id ?? place_id ?? places[0]?.id ?? '')
  const tree = useRead(property.tree, { community_id }, { enabled: community_id !== '' })
  const rules = useRead(votes.rules, { community_id }, { enabled: community_id !== '' })
  const [v, setV] = useState({
    title: row?.title ?? `${today().slice(0, 4)} 年第一次业主大会`, kind: row?.kind ?? ('regular' as const), organiser: (row?.organiser ?? 'committee') as Draft['organiser'], organiser_name: row?.organiser_name ?? '', intro: row?.intro ?? '', building_ids: row?.building_ids ?? ([] as string[]),
    opens_at: row?.opens_at ?? moment(addDays(today(), 16), '08:00'), closes_at: row?.closes_at ?? moment(addDays(today(), 30), '18:00'), sealed: row?.sealed ?? true, replace_allowed: row?.replace_allowed ?? false,
  })
  const [motions, setMotions] = useState<readonly Motion[]>(row?.motions ?? [EMPTY])
  const change = (i: number, x: Partial<Motion>) => setMotions(motions.map((m, n) => (n === i ? { ...m, ...x } : m)))
  const submit = async (): Promise<void> => {
    const made = await save.run({ ...(row ? { poll_id: row.poll_id } : {}), community_id, ...v, motions: motions.map(({ matter, title, body, file_id }) => ({ matter, title, body, file_id: file_id ?? null })) })
    if (!made) return
    close()
    done?.(made.poll_id)
  }
  const r = rules.data?.now
  return (
    <Drawer open title={row ? `修改 ${row.title}` : '起草表决'} onClose={close} size={860} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => void submit()}>保存草稿</Button></div>}>
      <Form layout="vertical" className="hy-form">
        {save.error ? <Alert className="hy-form-alert" type="error" showIcon title={save.error.message} /> : null}
        {r ? <p className="hy-muted">规则:定期会议公示 {r.notice_days} 天、临时会议 {r.notice_days_extra} 天后才能开始;表决期 {r.vote_days_min} 至 {r.vote_days_max} 天。</p> : null}
        {places.length > 1 && !row ? <Form.Item label="小区" htmlFor="pl-community"><Select id="pl-community" value={community_id} onChange={(x) => { setCommunity(x); setV({ ...v, building_ids: [] }) }} options={places.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item> : null}
        <Form.Item label="名称" htmlFor="pl-title" {...faultAt(save.error, 'title')}><Input id="pl-title" maxLength={60} value={v.title} onChange={(e) => setV({ ...v, title: e.target.value })} /></Form.Item>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>
          <Form.Item label="会议" htmlFor="pl-kind"><Select id="pl-kind" style={{ width: 130 }} value={v.kind} onChange={(kind) => setV({ ...v, kind })} options={optionsOf(words.states!['kind']!) as { value: 'regular'; label: string }[]} /></Form.Item>
          <Form.Item label="组织者" htmlFor="pl-organiser"><Select id="pl-organiser" style={{ width: 200 }} value={v.organiser} onChange={(organiser) => setV({ ...v, organiser })} options={optionsOf(words.states!['organiser']!) as { value: Draft['organiser']; label: string }[]} /></Form.Item>
          <Form.Item label="组织者名称" htmlFor="pl-name" {...faultAt(save.error, 'organiser_name')}><Input id="pl-name" style={{ width: 260 }} maxLength={60} placeholder="如 花园小区业主委员会" value={v.organiser_name} onChange={(e) => setV({ ...v, organiser_name: e.target.value })} /></Form.Item>
        </div>
        <Form.Item label="说明(业主看到)" htmlFor="pl-intro"><Input.TextArea id="pl-intro" rows={2} maxLength={1000} value={v.intro} onChange={(e) => setV({ ...v, intro: e.target.value })} /></Form.Item>
        <Form.Item label="表决范围的楼栋(不选为全小区)" htmlFor="pl-buildings"><Select id="pl-buildings" mode="multiple" showSearch={{ optionFilterProp: 'label' }} loading={tree.loading} value={v.building_ids} onChange={(building_ids: string[]) => setV({ ...v, building_ids })} options={(tree.data?.communities[0]?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name }))} /></Form.Item>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>
          <Form.Item label="开始" htmlFor="pl-opens"><MomentInput id="pl-opens" value={v.opens_at} onChange={(x) => setV({ ...v, opens_at: (x as string | null) ?? v.opens_at })} /></Form.Item>
          <Form.Item label="截止" htmlFor="pl-closes"><MomentInput id="pl-closes" value={v.closes_at} onChange={(x) => setV({ ...v, closes_at: (x as string | null) ?? v.closes_at })} /></Form.Item>
          <Form.Item label="密封" htmlFor="pl-sealed" extra="截止前不显示怎么投"><Switch id="pl-sealed" checked={v.sealed} onChange={(sealed) => setV({ ...v, sealed })} /></Form.Item>
          <Form.Item label="可改投" htmlFor="pl-replace" extra="截止前以最后一张为准"><Switch id="pl-replace" checked={v.replace_allowed} onChange={(replace_allowed) => setV({ ...v, replace_allowed })} /></Form.Item>
        </div>
        {motions.map((m, i) => (
          <div key={i} className="hy-card" role="group" aria-label={`议题 ${i + 1}`} style={{ marginBottom: 12 }}>
            <div className="hy-line" style={{ marginBottom: 8 }}><strong>议题 {i + 1}</strong><Select aria-label="事项" style={{ width: 280 }} value={m.matter} onChange={(matter: Matter) => change(i, { matter })} options={optionsOf(words.states!['matter']!) as { value: Matter; label: string }[]} /><Button size="small" danger disabled={motions.length === 1} onClick={() => setMotions(motions.filter((_, n) => n !== i))}>删除</Button></div>
            <Form.Item style={{ marginBottom: 8 }} {...faultAt(save.error, `motions.${i}.title`)}><Input aria-label="议题" placeholder="议题,如 续聘安居物业服务三年" maxLength={80} value={m.title} onChange={(e) => change(i, { title: e.target.value })} /></Form.Item>
            <Form.Item style={{ marginBottom: 8 }} {...faultAt(save.error, `motions.${i}.body`)}><Input.TextArea aria-label="议题内容" placeholder="内容:方案、金额、期限、影响" rows={3} maxLength={4000} value={m.body} onChange={(e) => change(i, { body: e.target.value })} /></Form.Item>
            {m.file_id ? <div className="hy-line"><span>附件:{m.file_name ?? '已上传'}</span><Button size="small" onClick={() => change(i, { file_id: null })}>去掉附件</Button></div> : <Upload purpose="proof" accept=".pdf,.png,.jpg,.jpeg" label="上传附件" hint="可不传;PDF 或图片" onDone={(f) => change(i, { file_id: f.file_id, file_name: f.name })} />}
          </div>
        ))}
        <p><Button disabled={motions.length >= 50} onClick={() => setMotions([...motions, EMPTY])}>添加议题</Button></p>
      </Form>
    </Drawer>
  )
}
