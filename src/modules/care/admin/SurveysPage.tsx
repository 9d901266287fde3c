import { Button } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { care, type SurveyRow } from '../contract.ts'
import { SURVEY_TONE, percent } from '../shown.ts'
import { words } from '../words.ts'
import { SurveyDrawer } from './SurveyDrawer.tsx'

const COLUMNS: readonly Column<SurveyRow>[] = [
  { key: 'title', title: '名称', width: 220, always: true }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['survey']} tones={SURVEY_TONE} /> }, { key: 'community_name', title: '小区', width: 110 }, { key: 'unnamed', title: '匿名', width: 60, show: (r) => (r.unnamed ? '匿名' : '实名') }, { key: 'opens_on', title: '开始', width: 105 }, { key: 'closes_on', title: '截止', width: 105 },
  { key: 'sampled_count', title: '抽样户数', width: 85, align: 'right', show: (r) => count(r.sampled_count) }, { key: 'reply_count', title: '答卷', width: 75, align: 'right', show: (r) => count(r.reply_count) }, { key: 'response_bp', title: '回收率', width: 85, align: 'right', show: (r) => percent(r.response_bp) }, { key: 'satisfied_bp', title: '满意率', width: 85, align: 'right', show: (r) => <span className={r.satisfied_bp !== null && r.satisfied_bp < r.goal_percent * 100 ? 'hy-red hy-strong' : ''}>{percent(r.satisfied_bp)}</span> }, { key: 'goal_percent', title: '目标', width: 65, align: 'right', show: (r) => `${r.goal_percent}%` },
]
export default function SurveysPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const list = useList(care.surveys, { fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage {...list} title="满意度调查" name="care.surveys" columns={COLUMNS} row_key="survey_id" href={(r) => `/care/surveys/${r.survey_id}`} empty={{ text: '还没有调查' }} actions={may('care.survey.write') ? <Button type="primary" onClick={() => setAdding(true)}>新建调查</Button> : null} />
      {adding ? <SurveyDrawer close={() => setAdding(false)} done={(survey_id) => go(`/care/surveys/${survey_id}`)} /> : null}
    </>
  )
}
