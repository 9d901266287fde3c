import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { account: '登录账号', company: '公司', member: '员工', role: '角色' },
  doings: { 'world.step': '装入样例数据' },
  refusals: {
    'identity.already_begun': '系统已完成首次设置,请直接登录',
    'identity.weak_password': '口令太简单:至少 10 位,不能是常见口令,也不能包含登录名',
    'identity.wrong_password': '登录名或口令不正确',
    'identity.locked': '多次输错,账号已临时锁定,请 {minutes} 分钟后再试,或请管理员重置口令',
    'identity.no_seat': '该手机号尚未登记为业户,请联系物业服务中心登记',
    'identity.member_disabled': '该账号已停用,请联系公司的系统管理员启用',
    'identity.code_too_often': '验证码发送过于频繁,请 {wait_s} 秒后再试',
    'identity.wrong_code': '验证码不正确,还可再试 {left} 次',
    'identity.code_expired': '验证码已过期或已用过,请重新获取',
    'identity.company_name_taken': '「{name}」已是本系统中另一家公司的名称,请核对全称',
    'identity.login_taken': '登录名「{login}」已有人使用,请换一个',
    'identity.beyond_own_rights': '不能授予自己没有的权限或范围:{what}',
    'identity.last_admin': '公司至少要有一名可用的管理员',
    'identity.role_built_in': '系统预置角色不能修改或删除,可另建角色',
    'identity.role_in_use': '仍有 {count} 人使用该角色,请先调整他们的授权',
    'identity.role_name_taken': '已有同名角色「{name}」',
    'identity.unknown_permission': '没有「{permission}」这项权限',
  },
  permissions: {
    'identity.member.read': '查看员工账号',
    'identity.member.write': '管理员工账号',
    'identity.role.read': '查看角色',
    'identity.role.write': '管理角色',
    'identity.company.read': '查看公司信息',
    'identity.company.write': '修改公司信息',
    'identity.audit.read': '查看操作日志',
  },
  states: {
    outcome: { done: '成功', refused: '被拒绝', fault: '故障' },
    face: { admin: '管理端', resident: '业主端', staff: '员工端', api: '接口', system: '系统' },
    scope_kind: { company: '全公司', community: '小区', building: '楼栋' },
  },
}
