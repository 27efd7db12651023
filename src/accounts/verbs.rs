//! What events say of accounts, in words.

words! {
    /// What happened to an account.
    #[schema(as = AccountVerb)]
    pub enum Verb {
        Create "create" "开通账号" "Opened",
        Edit "edit" "修改信息" "Edited",
        SetRoles "set_roles" "调整岗位" "Roles set",
        Transfer "transfer" "调动" "Transferred",
        Link "link" "关联统一身份认证" "Linked to another system",
        Deactivate "deactivate" "停用账号" "Closed",
        Reactivate "reactivate" "恢复账号" "Opened again",
        ResetPassword "reset_password" "重置密码" "Password reset",
        Unlock "unlock" "解除锁定" "Unlocked",
        ResetSecondFactor "reset_second_factor" "重置第二因素" "Second factor reset",
        SignIn "sign_in" "登录" "Signed in",
        SignInBegun "sign_in_begun" "密码正确，待第二因素验证" "Password right, second factor asked for",
        SignInFailed "sign_in_failed" "登录失败" "Sign-in failed",
        SignInUnknown "sign_in_unknown" "以不存在的登录名尝试登录" "Sign-in with an unknown login",
        Locked "locked" "连续失败，账号锁定" "Locked after failures",
        SignOut "sign_out" "退出登录" "Signed out",
        ChangePassword "change_password" "修改密码" "Password changed",
        SetLanguage "set_language" "设置语言" "Language set",
        EnableSecondFactor "enable_second_factor" "启用第二因素" "Second factor on",
        DisableSecondFactor "disable_second_factor" "停用第二因素" "Second factor off",
        RenewRecovery "renew_recovery" "重新生成恢复码" "New recovery codes",
        IssueToken "issue_token" "新建接口令牌" "API token issued",
        RevokeToken "revoke_token" "撤销接口令牌" "API token revoked",
        EndSession "end_session" "结束登录" "Session ended",
        RegisterDevice "register_device" "登记设备密钥" "Device key registered",
        RevokeDevice "revoke_device" "撤销设备密钥" "Device key revoked",
    }
}
