// 问卷: what I am asked, each household once; an anonymous one goes by the way that names nobody.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { care, type Question } from '../contract.ts'

type Mine = Out<typeof care.mySurveys.gives>['rows'][number]
const SAID = ['很不满意', '不满意', '一般', '满意', '非常满意']
export function SurveysPage() {
  const reading = useRead(care.mySurveys, {})
  return <Page title="满意度调查" back="/"><Loaded reading={reading}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="ok" title="没有要填的问卷" text="物业开展调查并抽中您时会显示在这里" /> : <>{rows.map((s) => <One key={`${s.survey_id} ${s.house_id}`} s={s} />)}</>)}</Loaded></Page>
}
function One({ s }: { s: Mine }) {
  const named = useWrite(care.answerSurvey, { in_form: true, done: '谢谢您的回答' })
  const hidden = useWrite(care.answerSurveyUnnamed, { in_form: true, done: '谢谢您的回答' })
  const send = s.unnamed ? hidden : named
  const [v, setV] = useState<Record<string, string>>({})
  const [asked, setAsked] = useState(false)
  const missing = s.questions.find((q) => q.needed && !v[q.key]?.trim())
  const set = (key: string, value: string): void => setV({ ...v, [key]: value })
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || send.running) return
    await send.run({ survey_id: s.survey_id, house_id: s.house_id, answers: Object.entries(v).filter(([, x]) => x.trim() !== '').map(([key, value]) => ({ key, value: value.trim() })) })
  }
  const one = (q: Question) => {
    if (q.kind === 'scale') return <div key={q.key} className="ph-field"><span className="ph-legend">{q.zh}{q.needed ? '' : '(选答)'}{v[q.key] ? `:${SAID[Number(v[q.key]) - 1]}` : ''}</span><div className="ph-stars" role="radiogroup" aria-label={q.zh}>{SAID.map((x, i) => <button key={x} type="button" role="radio" aria-checked={v[q.key] === String(i + 1)} aria-label={`${i + 1} 分,${x}`} className={`ph-star${i < Number(v[q.key] ?? 0) ? ' ph-star-on' : ''}`} onClick={() => set(q.key, String(i + 1))}>{i < Number(v[q.key] ?? 0) ? '★' : '☆'}</button>)}</div></div>
    if (q.kind === 'choice') return <div key={q.key} className="ph-field"><span className="ph-legend">{q.zh}{q.needed ? '' : '(选答)'}</span><Chips label={q.zh} choices={q.options.map((x) => ({ value: x, label: x }))} value={v[q.key] ?? ''} choose={(x) => set(q.key, x)} /></div>
    return <Field key={q.key} label={`${q.zh}${q.needed ? '' : '(选答)'}`}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={v[q.key] ?? ''} onChange={(e) => set(q.key, e.target.value)} />}</Field>
  }
  return (
    <form className="ph-card ph-section rs-gap" noValidate aria-label={s.title} onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <h2>{s.title}</h2>
      <p className="ph-weak">{s.label} · 截止 {s.closes_on}{s.unnamed ? ' · 匿名,答卷不记录是哪一户' : ''}</p>
      {s.intro ? <p>{s.intro}</p> : null}
      {s.questions.map(one)}
      {(asked && missing) || send.error ? <p className="ph-fault" role="alert">{asked && missing ? `请回答「${missing.zh}」` : send.error?.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={send.running}>提交</Button>
    </form>
  )
}
