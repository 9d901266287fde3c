// 问卷: questions as rows, whom to draw, until when. A draft only: once it is open nothing changes any more.
import { Alert, Button, Drawer, Form, Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { QUESTIONS_MAX, QUESTION_KINDS, care, type Question, type SurveyFull } from '../contract.ts'
import { said } from '../shown.ts'
import './care.css'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
/** What is asked everywhere; the company changes it. */
const USUAL: readonly Question[] = ['客服接待', '维修及时与质量', '环境卫生', '绿化养护', '安全秩序', '总体满意程度'].map((zh, i) => ({ key: `q${i + 1}`, zh, kind: 'scale', options: [], needed: true }) as const satisfies Question)
const WISH: Question = { key: 'q7', zh: '您最希望改进的是', kind: 'text', options: [], needed: false }
const freeKey = (list: readonly Question[]): string => { for (let n = 1; ; n++) if (!list.some((q) => q.key === `q${n}`)) return `q${n}` }

export function SurveyDrawer({ row, close, done }: { row?: SurveyFull; close: () => void; done: (survey_id: string) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(care.saveSurvey, { in_form: true, done: '已保存草稿' })
  const [community_id, setCommunity] = useState(row?.community_id ?? place_id ?? places[0]?.id ?? '')
  const tree = useRead(property.tree, { community_id }, { enabled: community_id !== '' })
  const past = useRead(care.surveys, { community_id, page_size: 50 }, { enabled: community_id !== '' })
  const [v, setV] = useState({ title: row?.title ?? `${today().slice(0, 4)} 年业主满意度调查`, intro: row?.intro ?? '', unnamed: row?.unnamed ?? true, goal_percent: row?.goal_percent ?? 90, building_ids: row?.building_ids ?? ([] as string[]), sample_way: row?.sample_way ?? ('percent' as const), sample_size: row?.sample_size ?? 20, opens_on: row?.opens_on ?? today(), closes_on: row?.closes_on ?? addDays(today(), 14), previous_id: row?.previous_id ?? (null as string | null) })
  const [questions, setQuestions] = useState<readonly Question[]>(row?.questions ?? [...USUAL, WISH])
  const change = (i: number, x: Partial<Question>) => setQuestions(questions.map((q, n) => (n === i ? { ...q, ...x } : q)))
  const submit = async (): Promise<void> => {
    const made = await save.run({ ...(row ? { survey_id: row.survey_id } : {}), community_id, ...v, questions: [...questions] })
    if (!made) return
    close()
    done(made.survey_id)
  }
  const buildings = tree.data?.communities[0]?.buildings ?? []
  return (
    <Drawer open title={row ? `修改 ${row.title}` : '新建调查'} onClose={close} size={820} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => void submit()}>保存草稿</Button></div>}>
      <Form layout="vertical" className="hy-form">
        {save.error ? <Alert className="hy-form-alert" type="error" showIcon title={save.error.message} /> : null}
        {places.length > 1 && !row ? <Form.Item label="小区" htmlFor="sv-community"><Select id="sv-community" value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item> : null}
        <Form.Item label="名称" htmlFor="sv-title"><Input id="sv-title" maxLength={40} value={v.title} onChange={(e) => setV({ ...v, title: e.target.value })} /></Form.Item>
        <Form.Item label="说明(业户看到)" htmlFor="sv-intro"><Input.TextArea id="sv-intro" rows={2} maxLength={300} value={v.intro} onChange={(e) => setV({ ...v, intro: e.target.value })} /></Form.Item>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>
          <Form.Item label="匿名" htmlFor="sv-unnamed" extra="答卷不记录哪一户"><Switch id="sv-unnamed" checked={v.unnamed} onChange={(unnamed) => setV({ ...v, unnamed })} /></Form.Item>
          <Form.Item label="满意率目标" htmlFor="sv-goal"><InputNumber id="sv-goal" min={0} max={100} suffix="%" value={v.goal_percent} onChange={(n) => setV({ ...v, goal_percent: n ?? 90 })} /></Form.Item>
          <Form.Item label="开始日" htmlFor="sv-from"><Suspense fallback={null}><DayInput id="sv-from" value={v.opens_on} onChange={(d) => setV({ ...v, opens_on: (d as string | null) ?? v.opens_on })} /></Suspense></Form.Item>
          <Form.Item label="截止日" htmlFor="sv-to"><Suspense fallback={null}><DayInput id="sv-to" value={v.closes_on} onChange={(d) => setV({ ...v, closes_on: (d as string | null) ?? v.closes_on })} /></Suspense></Form.Item>
        </div>
        <Form.Item label="抽样楼栋(不选为全部)" htmlFor="sv-buildings"><Select id="sv-buildings" mode="multiple" showSearch={{ optionFilterProp: 'label' }} loading={tree.loading} value={v.building_ids} onChange={(building_ids: string[]) => setV({ ...v, building_ids })} options={buildings.map((b) => ({ value: b.building_id, label: b.name }))} /></Form.Item>
        <div className="hy-line"><Segmented aria-label="抽样方式" options={[{ value: 'percent', label: '每栋按比例' }, { value: 'number', label: '每栋按户数' }]} value={v.sample_way} onChange={(x) => setV({ ...v, sample_way: x === 'number' ? 'number' : 'percent' })} /><InputNumber aria-label="比例或户数" min={1} max={v.sample_way === 'percent' ? 100 : 10_000} suffix={v.sample_way === 'percent' ? '%' : '户'} value={v.sample_size} onChange={(n) => setV({ ...v, sample_size: n ?? 20 })} /><span className="hy-muted">在已入住的住宅中随机抽取,每户一份</span></div>
        <Form.Item label="与哪次比较(选填)" htmlFor="sv-past" style={{ marginTop: 12 }}><Select id="sv-past" allowClear value={v.previous_id} onChange={(x: string | undefined) => setV({ ...v, previous_id: x ?? null })} options={(past.data?.rows ?? []).filter((s) => s.state !== 'draft' && s.survey_id !== row?.survey_id).map((s) => ({ value: s.survey_id, label: s.title }))} /></Form.Item>
        <h2 className="care-head">问题</h2>
        {questions.map((q, i) => (
          <div key={q.key} className="hy-line care-row" style={{ marginBottom: 8 }} role="group" aria-label={`第 ${i + 1} 题`}>
            <Input aria-label="问题" style={{ width: 240 }} maxLength={60} value={q.zh} onChange={(e) => change(i, { zh: e.target.value })} />
            <Select aria-label="类型" style={{ width: 100 }} value={q.kind} onChange={(kind: Question['kind']) => change(i, { kind, ...(kind === 'choice' ? {} : { options: [] }) })} options={QUESTION_KINDS.map((k) => ({ value: k, label: said('question_kind', k) }))} />
            {q.kind === 'choice' ? <Select aria-label="选项" mode="tags" style={{ width: 200 }} placeholder="输入后回车" value={q.options} onChange={(options: string[]) => change(i, { options })} /> : null}
            <span className="hy-line"><Switch aria-label="必答" checked={q.needed} onChange={(needed) => change(i, { needed })} />必答</span>
            <Button size="small" danger disabled={questions.length === 1} onClick={() => setQuestions(questions.filter((_, n) => n !== i))}>删除</Button>
          </div>
        ))}
        <p><Button disabled={questions.length >= QUESTIONS_MAX} onClick={() => setQuestions([...questions, { key: freeKey(questions), zh: '', kind: 'scale', options: [], needed: true }])}>添加问题</Button></p>
      </Form>
    </Drawer>
  )
}
