// The front door of attendance: answers, approvals, what the clock deletes, and what doors hand down.
import type { App, Module } from '../../../kernel/app.ts'
import type { Template } from '../../messages/server/index.ts'
import { approvalKind, type ApprovalKind } from '../../system/server/index.ts'
import { attendance } from '../contract.ts'
import { words } from '../words.ts'
import { configAnswers } from './config.ts'
import { fixAnswers, fixApproval } from './fixes.ts'
import { mineAnswers } from './mine.ts'
import { monthAnswers } from './months.ts'
import { placeAnswers } from './places.ts'
import { forget, punchAnswers } from './punches.ts'
import { rosterAnswers } from './roster.ts'
import { sheetPaperAnswers } from './sheet_papers.ts'
import { teamAnswers } from './teams.ts'

export { punchesOfDoors, type DoorPassage } from './punches.ts'
export const attendanceApprovals: ApprovalKind[] = [approvalKind(fixApproval)]
export const attendanceTemplates: readonly Template[] = [
  { code: 'attendance_issued', zh: '考勤待确认', category: 'work', title: '{month} 考勤请确认', app_text: '{month} 的考勤已核对,请查看并确认;有不对的地方请写明。', sms_text: '【{sign}】{month} 考勤请确认。', params: [{ key: 'month', zh: '月份', example: '2026-10' }] },
]
export const attendanceModule = (app: () => App): Module => ({
  name: 'attendance',
  contract: attendance,
  words,
  answers: [...configAnswers, ...placeAnswers, ...teamAnswers, ...rosterAnswers, ...punchAnswers(app), ...fixAnswers, ...monthAnswers, ...mineAnswers, ...sheetPaperAnswers],
  schedules: [{ name: 'attendance.forget', every_s: 21_600, of: 'company', run: (w) => w.tx(forget) }],
})
