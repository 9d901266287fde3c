// The accounts of the sample installation, as the start banner shows them. These passwords are written into no other installation:
// loadWorld refuses to run unless the mode is 'sample' (or 'test').
import { phoneOf } from './plan/names.ts'

export const SAMPLE_PASSWORDS = { admin: 'Guanli-Yangli-88', staff: 'Yuangong-Yangli-88', visitor: 'Zhikan-Yangli-88' } as const
/** The authority that the sample's companies report to. */
export const AUTHORITY = { name: '眉县住房和城乡建设局', short_name: '眉县住建局', admin_name: '程立新', login: 'zhujian' } as const
/** The owner of a flat with water meter, leased space and some open bills. */
export const RESIDENT_PHONE = phoneOf(1)

export interface SampleAccount {
  role: string
  login: string
  how: string
}
const by = (password: string): string => `口令 ${password}`
export const sampleAccounts: readonly SampleAccount[] = [
  { role: '系统管理员(安居物业)', login: 'anju', how: by(SAMPLE_PASSWORDS.admin) },
  { role: '项目经理', login: 'jingli', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '财务', login: 'caiwu', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '收费员(东区)', login: 'shoufei1', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '收费员(西区)', login: 'shoufei2', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '客服', login: 'kefu', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '工程主管', login: 'gongcheng', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '维修工(员工端)', login: 'weixiu1', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '保安队长', login: 'zhixu', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '保安(员工端)', login: 'zhixuyuan1', how: by(SAMPLE_PASSWORDS.staff) },
  { role: '访客(只看)', login: 'fangke', how: by(SAMPLE_PASSWORDS.visitor) },
  { role: '另一家公司的管理员(汇心物业)', login: 'huixin', how: by(SAMPLE_PASSWORDS.admin) },
  { role: '主管部门管理员(眉县住建局)', login: AUTHORITY.login, how: by(SAMPLE_PASSWORDS.admin) },
  { role: '业主端', login: RESIDENT_PHONE, how: '用验证码登录;验证码在登录页下方的「样例短信箱」' },
]
