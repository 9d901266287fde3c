// 排查明细: the communities of one survey, what is open first; each is entered with a class and what was found.
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { supervision, type SurveyPlace } from '../contract.ts'
import { words } from '../words.ts'
import { useDistricts } from './tones.tsx'

export default function SurveyPage() {
  const survey_id = useParam('survey_id')
  const may = useMay()
  const writes = may('supervision.survey.write')
  const d = useDistricts()
  const scheme = useRead(supervision.classes, {}, { stale_ms: 60_000 })
  const classes = useMemo(() => (scheme.data?.classes ?? []).map((k) => ({ value: k.name, label: k.name })), [scheme.data])
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '小区' }, { kind: 'select', name: 'state', label: '进度', options: [{ value: 'open', label: '未排查' }, { value: 'done', label: '已排查' }] }, { kind: 'select', name: 'class', label: '分类', options: classes }, { kind: 'select', name: 'district_id', label: '辖区', options: d.options }], [classes, d])
  const list = useList(supervision.survey, { filters, fixed: { survey_id } })
  const enter = useWrite(supervision.enterSurvey, { in_form: true, done: '已登记' })
  const end = useWrite(supervision.closeSurvey, { done: (a) => (a.open_count ? `已结束,${a.open_count} 个小区未排查` : '已结束') })
  const [open, setOpen] = useState<SurveyPlace>()
  const close = (): void => { setOpen(undefined); enter.reset() }
  const s = list.data?.survey
  const columns: readonly Column<SurveyPlace>[] = [
    { key: 'name', title: '小区', width: 170, always: true, show: (r) => <Go to={`/supervision/places/${r.place_id}`}>{r.name}</Go> }, { key: 'district_path', title: '辖区', width: 160 }, { key: 'household_count', title: '户数', width: 80 }, { key: 'class', title: '分类', width: 110, show: (r) => r.class ?? <span className="hy-muted">未排查</span> }, { key: 'found', title: '情况', width: 320 }, { key: 'on_day', title: '排查日', width: 110 }, { key: 'made_by_name', title: '登记人', width: 100 },
    ...(writes && s ? [{ key: 'act', title: '操作', width: 90, show: (r: SurveyPlace) => <CanButton size="small" can={s.can.enter} words={words} onClick={() => setOpen(r)}>{r.class ? '更正' : '登记'}</CanButton> }] : []),
  ]
  return (
    <>
      <ListPage
        {...list} title={s?.title ?? '排查明细'} name="supervision.survey" columns={columns} row_key="place_id" excel={may('supervision.register.export') ? supervision.surveyExcel : undefined} note={s ? <p className="hy-muted">{`${s.from_on} 至 ${s.to_on},已排查 ${s.done_count} / ${s.place_count}${s.classes.length ? `:${s.classes.map((k) => `${k.name} ${k.count}`).join('、')}` : ''}${s.note ? `。要求:${s.note}` : ''}`}</p> : null}
        actions={<><Go to="/supervision/surveys">返回</Go>{writes && s ? <CanButton can={s.can.close} words={words} onClick={async () => { if (await confirm({ title: `结束「${s.title}」`, content: '结束后不能再登记结果。' })) await end.run({ survey_id }) }}>结束排查</CanButton> : null}</>} empty={{ text: '没有符合条件的小区' }}
      />
      {open ? <FormModal open onClose={close} title={`排查 ${open.name}`} submit="登记" call={supervision.enterSurvey} loading={enter.running} submitError={enter.error} fixed={{ survey_id, place_id: open.place_id }} fields={[{ name: 'class', kind: 'select', options: classes, help: (scheme.data?.classes ?? []).map((k) => `${k.name}:${k.means}`).join(';') }, { name: 'found', wide: true }, 'on_day']} initial={{ ...(open.class ? { class: open.class } : {}), ...(open.found ? { found: open.found } : {}), on_day: today() }} onSubmit={async (i) => { if (await enter.run(i)) close() }} /> : null}
    </>
  )
}
