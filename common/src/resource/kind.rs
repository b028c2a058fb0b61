//! What every kind of the group has to say of itself.

/// Makes the type a cluster-scoped kind of the group, called as the type is.
macro_rules! cluster_scoped {
    ($kind:ident, $plural:literal) => {
        impl $kind {
            /// The kind.
            pub const KIND: &'static str = stringify!($kind);
            /// Its name in paths.
            pub const PLURAL: &'static str = $plural;
        }

        impl kube::core::Resource for $kind {
            type DynamicType = ();
            type Scope = k8s_openapi::ClusterResourceScope;

            fn kind((): &()) -> std::borrow::Cow<'_, str> {
                Self::KIND.into()
            }

            fn group((): &()) -> std::borrow::Cow<'_, str> {
                $crate::resource::GROUP.into()
            }

            fn version((): &()) -> std::borrow::Cow<'_, str> {
                $crate::resource::VERSION.into()
            }

            fn plural((): &()) -> std::borrow::Cow<'_, str> {
                Self::PLURAL.into()
            }

            fn meta(&self) -> &kube::core::ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut kube::core::ObjectMeta {
                &mut self.metadata
            }
        }
    };
}
pub(super) use cluster_scoped;
